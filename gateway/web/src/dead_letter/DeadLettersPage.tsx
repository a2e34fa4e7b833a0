import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { useLive } from '@/app/useLive';
import { useWritten } from '@/i18n/written';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { Table } from '@/patterns/Table';
import { type DeadLetter, deadLettersQuery } from './queries';
import { VerdictDialog } from './VerdictDialog';

/** How often it is looked at, in ms. */
const EVERY = 3_000;

/** What could not be processed, and what an operator does about it. */
export function DeadLettersPage() {
  const { t } = useTranslation('dead_letter');
  const letters = useQuery(deadLettersQuery);
  useLive(letters.refetch, EVERY);
  return (
    <Page title={t('title')} wide>
      <Typography>{t('text')}</Typography>
      <Loaded query={letters} lines={3}>
        {({ items }) => <Letters letters={items} />}
      </Loaded>
    </Page>
  );
}

function Letters({ letters }: { letters: readonly DeadLetter[] }) {
  const { t } = useTranslation('dead_letter');
  const written = useWritten();
  const operator = useRoles().includes('operator');
  return (
    <Table
      caption={t('caption')}
      rows={letters}
      id={({ consumer, stream }) => `${consumer} ${stream}`}
      none={t('none')}
      columns={[
        { name: t('column.consumer'), cell: ({ consumer }) => consumer },
        { name: t('column.stream'), cell: ({ stream }) => <code>{stream}</code> },
        {
          name: t('column.position'),
          number: true,
          cell: ({ position }) => written.number(position),
        },
        { name: t('column.code'), cell: ({ code }) => <code>{code}</code> },
        {
          name: t('column.attempts'),
          number: true,
          cell: ({ attempts }) => written.number(attempts),
        },
        {
          name: t('column.since'),
          cell: ({ since }) => <time dateTime={since}>{written.moment(since)}</time>,
        },
        {
          name: t('column.next'),
          cell: ({ retry_at }) =>
            retry_at ? t('retried_at', { at: written.moment(retry_at) }) : t('needs_you'),
        },
        ...(operator
          ? [{ name: t('column.do'), cell: (letter: DeadLetter) => <Verdicts letter={letter} /> }]
          : []),
      ]}
    />
  );
}

function Verdicts({ letter }: { letter: DeadLetter }) {
  return (
    <Stack direction="row" sx={{ flexWrap: 'wrap' }}>
      <VerdictDialog letter={letter} verdict="retry" />
      <VerdictDialog letter={letter} verdict="skip" />
    </Stack>
  );
}
