import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { usePatient } from '@/app/patient';
import { say } from '@/app/say';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { JoinForm } from './JoinForm';
import Offer from './Offer';
import { type Entry, waiting, waitlistQuery } from './queries';

/** What the patient waits for, and how to wait for something. */
export function WaitlistPage() {
  const { t } = useTranslation('waitlist');
  const list = useQuery(waitlistQuery(usePatient()));
  return (
    <Page title={t('title')}>
      <Loaded query={list} lines={2}>
        {({ items }) => {
          const open = waiting(items);
          if (open.length === 0) return <Empty>{t('none')}</Empty>;
          return (
            <Stack spacing={1.5}>
              {open.map((entry) => (
                <Waiting key={entry.id} entry={entry} />
              ))}
            </Stack>
          );
        }}
      </Loaded>
      <Typography variant="h2">{t('join.title')}</Typography>
      <JoinForm />
    </Page>
  );
}

function Waiting({ entry }: { entry: Entry }) {
  const { t } = useTranslation('waitlist');
  const written = useWritten();
  const hospital = useQuery(hospitalQuery(entry.hospital)).data;
  const department = hospital?.departments.find(({ id }) => id === entry.department);
  return (
    <Paper sx={{ p: 2 }}>
      <Stack spacing={1.5}>
        <div>
          <Typography variant="h3">
            {[department?.name, hospital?.name].filter(Boolean).join(', ')}
          </Typography>
          {entry.preferences.map(({ from, until }) => (
            <Typography key={`${from} ${until}`} color="textSecondary">
              {t('between', { from: written.date(from), until: written.date(until) })}
            </Typography>
          ))}
        </div>
        {entry.offer && <Offer entry={entry} offer={entry.offer} />}
        <Confirm
          does={t('leave.does')}
          title={t('leave.title')}
          send={() =>
            answered(api.DELETE('/v1/waitlist/{id}', { params: { path: { id: entry.id } } }))
          }
          done={() => say({ text: t('leave.done') })}
        >
          {t('leave.text')}
        </Confirm>
      </Stack>
    </Paper>
  );
}
