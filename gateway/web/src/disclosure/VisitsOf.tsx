import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Appointment, appointmentsQuery } from '@/appointment/queries';
import { State } from '@/attendance/State';
import { doctorQuery } from '@/doctor/queries';
import { feedbackQuery } from '@/feedback/queries';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Failure } from '@/patterns/Failure';
import { Loaded } from '@/patterns/Loaded';
import { Table } from '@/patterns/Table';

/** A patient's visits, as far as the reader may see them. */
export function VisitsOf({ patient, opinions }: { patient: string; opinions: boolean }) {
  const { t } = useTranslation('disclosure');
  const visits = useQuery(appointmentsQuery(patient));
  return (
    <Loaded query={visits}>
      {(items) =>
        items.length === 0 ? (
          <Empty>{t('visits.none')}</Empty>
        ) : (
          <VisitTable visits={items} opinions={opinions} />
        )
      }
    </Loaded>
  );
}

/** Visits in a table; `opinions` offers what the patient thought of those that are completed. */
export function VisitTable(props: { visits: readonly Appointment[]; opinions: boolean }) {
  const { t } = useTranslation('disclosure');
  const written = useWritten();
  const opinions = {
    name: t('visits.feedback'),
    cell: (visit: Appointment) => visit.status === 'completed' && <Opinion visit={visit.id} />,
  };
  return (
    <Table
      caption={t('visits.title')}
      rows={props.visits}
      id={({ id }) => id}
      columns={[
        {
          name: t('visits.when'),
          cell: (visit) => (
            <time dateTime={visit.starts_at}>
              {written.moment(visit.starts_at, visit.time_zone)}
            </time>
          ),
        },
        { name: t('visits.with'), cell: (visit) => <Where visit={visit} /> },
        { name: t('visits.reason'), cell: ({ reason }) => reason },
        { name: t('visits.state'), cell: (visit) => <State visit={visit} /> },
        ...(props.opinions ? [opinions] : []),
      ]}
    />
  );
}

function Where({ visit }: { visit: Appointment }) {
  const doctor = useQuery(doctorQuery(visit.doctor)).data;
  const hospital = useQuery(hospitalQuery(visit.hospital)).data;
  const department = hospital?.departments.find(({ id }) => id === visit.department);
  return <>{[doctor?.name, department?.name, hospital?.name].filter(Boolean).join(' · ')}</>;
}

/** What the patient thought, when it is asked for: each read is recorded. */
function Opinion({ visit }: { visit: string }) {
  const { t } = useTranslation('disclosure');
  const [wanted, setWanted] = useState(false);
  const feedback = useQuery({ ...feedbackQuery(visit), enabled: wanted });
  if (!wanted) {
    return (
      <Button size="small" onClick={() => setWanted(true)}>
        {t('visits.show')}
      </Button>
    );
  }
  if (feedback.data === null) {
    return <span role="status">{t('visits.unsaid')}</span>;
  }
  if (feedback.isError) return <Failure error={feedback.error} />;
  return (
    <span role="status">
      {feedback.data &&
        [t('visits.stars', { stars: feedback.data.rating }), feedback.data.comment]
          .filter(Boolean)
          .join(': ')}
    </span>
  );
}
