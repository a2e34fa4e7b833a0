import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLive } from '@/app/useLive';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { save } from '@/patterns/save';
import { type Checkpoint, checkpointQuery } from './queries';

/** How often it is looked at, in ms. */
const EVERY = 5_000;

/** After how many seconds without a new one something is wrong with whoever signs them. */
const OLD = 120;

/** The newest signed checkpoint of the log, to be taken away and kept elsewhere. */
export function CheckpointPage() {
  const { t } = useTranslation('checkpoint');
  const checkpoint = useQuery(checkpointQuery);
  useLive(checkpoint.refetch, EVERY);
  return (
    <Page title={t('title')}>
      <Typography>{t('text')}</Typography>
      <Loaded query={checkpoint} lines={5}>
        {(newest) => <Newest of={newest} />}
      </Loaded>
    </Page>
  );
}

function Newest({ of }: { of: Checkpoint }) {
  const { t } = useTranslation('checkpoint');
  const written = useWritten();
  const late = of.behind > 0 && of.age_seconds > OLD;
  const file = new Blob([of.note], { type: 'text/plain' });
  const seconds = { count: of.age_seconds, number: written.number(of.age_seconds) };
  const size = { count: of.size, number: written.number(of.size) };
  const behind = { count: of.behind, number: written.number(of.behind) };
  return (
    <>
      {late && (
        <Note tone="warning" role="status">
          {t('late')}
        </Note>
      )}
      <Facts
        of={[
          [t('fact.size'), t('events', size)],
          [t('fact.signed_at'), written.moment(of.signed_at)],
          [t('fact.age'), t('seconds', seconds)],
          [t('fact.behind'), t('events', behind)],
          [t('fact.root'), <code key="root">{of.root}</code>],
        ]}
      />
      <Paper
        component="pre"
        tabIndex={0}
        aria-label={t('note')}
        sx={{ p: 2, m: 0, overflowX: 'auto', fontSize: '0.875rem' }}
      >
        {of.note}
      </Paper>
      <Button
        variant="contained"
        sx={{ alignSelf: 'start' }}
        onClick={() => save(`medilink-checkpoint-${of.size}.txt`, file)}
      >
        {t('save')}
      </Button>
      <Typography variant="body2" color="text.secondary">
        {t('how')}
      </Typography>
    </>
  );
}
