import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useActing, usePatient } from '@/app/patient';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { CalendarLink } from './CalendarLink';
import { type Appointment, appointmentsQuery, past, upcoming } from './queries';
import { VisitCard } from './VisitCard';

/** All visits of a patient: those ahead, and those that are over. */
export function VisitsPage() {
  const { t } = useTranslation('appointment');
  const acting = useActing() !== undefined;
  const visits = useQuery(appointmentsQuery(usePatient()));
  const now = Date.now();
  const book = <LinkButton to="/book">{t('book')}</LinkButton>;
  return (
    <Page title={t('visits.title')} actions={book}>
      <Loaded query={visits} lines={4}>
        {(all) => (
          <>
            <Typography variant="h2">{t('visits.ahead')}</Typography>
            <Visits of={upcoming(all, now)} none={t('home.none')} />
            <Typography variant="h2">{t('visits.over')}</Typography>
            <Visits of={past(all, now)} none={t('visits.none')} />
          </>
        )}
      </Loaded>
      {!acting && <CalendarLink />}
    </Page>
  );
}

function Visits({ of, none }: { of: readonly Appointment[]; none: string }) {
  if (of.length === 0) return <Empty>{none}</Empty>;
  return (
    <Stack spacing={1.5}>
      {of.map((visit) => (
        <VisitCard key={visit.id} visit={visit} />
      ))}
    </Stack>
  );
}
