import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { useLive } from '@/app/useLive';
import { doctorQuery } from '@/doctor/queries';
import { Feedback } from '@/feedback/Feedback';
import { hospitalQuery } from '@/hospital/queries';
import { money } from '@/i18n/money';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { type Appointment, appointmentQuery, isOpen, placeQuery } from './queries';
import { VisitActions } from './VisitActions';

const route = getRouteApi('/inside/visits/$id');

/** How often one's place in a queue is looked at, in ms. */
const QUEUE = 30_000;

/** One visit: when, with whom, where, what it costs, and what can still be done. */
export function VisitPage() {
  const { t } = useTranslation('appointment');
  const { id } = route.useParams();
  const visit = useQuery(appointmentQuery(id, usePatient()));
  return (
    <Page title={t('visit.title')}>
      <Loaded query={visit} lines={4}>
        {(found) => <Visit visit={found} />}
      </Loaded>
    </Page>
  );
}

function Visit({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('appointment');
  const written = useWritten();
  const doctor = useQuery(doctorQuery(visit.doctor)).data;
  const hospital = useQuery(hospitalQuery(visit.hospital)).data;
  const department = hospital?.departments.find(({ id }) => id === visit.department);
  const moved = visit.previous.map(({ starts_at }) => written.moment(starts_at, visit.time_zone));
  const fees = visit.fees.map((fee) => money(fee, written.language));
  return (
    <Stack spacing={2.5}>
      {visit.status === 'checked_in' && <Place id={visit.id} />}
      <Paper sx={{ p: { xs: 2, md: 3 } }}>
        <Facts
          of={[
            [t('visit.when'), written.moment(visit.starts_at, visit.time_zone)],
            [t('visit.status'), t(`status.${visit.status as 'booked'}`)],
            [t('doctor'), doctor?.name],
            [t('visit.where'), [department?.name, hospital?.name].filter(Boolean).join(', ')],
            [t('visit.how'), t(`mode.${visit.mode}`)],
            [t('visit.reason'), visit.reason],
            [t('visit.moved'), moved.join(' · ')],
            [t('visit.cancellation'), visit.cancellation],
            [t('visit.fees'), fees.join(' · ')],
          ]}
        />
      </Paper>
      {hospital && isOpen(visit, Date.now()) && (
        <VisitActions visit={visit} policy={hospital.booking_policy} />
      )}
      {visit.status === 'completed' && <Feedback visit={visit} />}
    </Stack>
  );
}

function Place({ id }: { id: string }) {
  const { t } = useTranslation('appointment');
  const place = useQuery(placeQuery(id));
  // Others in the queue are none of the patient's changes, so nobody tells of them.
  useLive(place.refetch, QUEUE);
  return (
    <Loaded query={place} lines={1}>
      {({ token, ahead }) => (
        <Note tone="info" role="status">
          <p>
            <strong>{token !== undefined && t('place.token', { token })}</strong>
          </p>
          <p>{ahead !== undefined && t('place.ahead', { count: ahead })}</p>
        </Note>
      )}
    </Loaded>
  );
}
