import { useQuery } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import type { Appointment } from './queries';

const Whole = createLink((props: ComponentProps<'a'>) => <a {...props} className="whole" />);

/** A visit in a list: when, with whom, where, and how it stands. */
export function VisitCard({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('appointment');
  const written = useWritten();
  const doctor = useQuery(doctorQuery(visit.doctor)).data;
  const hospital = useQuery(hospitalQuery(visit.hospital)).data;
  const department = hospital?.departments.find(({ id }) => id === visit.department);
  return (
    <div className="card">
      <div className="row">
        <h3>
          <Whole to="/visits/$id" params={{ id: visit.id }}>
            <time dateTime={visit.starts_at}>
              {written.moment(visit.starts_at, visit.time_zone)}
            </time>
          </Whole>
        </h3>
        <Tag>{t(`status.${visit.status as 'booked'}`)}</Tag>
      </div>
      <p>{doctor?.name ?? t('doctor')}</p>
      <p className="quiet">
        {[department?.name, hospital?.name, t(`mode.${visit.mode}`)].filter(Boolean).join(' · ')}
      </p>
    </div>
  );
}
