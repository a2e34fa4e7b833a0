import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Tag } from '@/patterns/Note';
import { useAccess } from '@/session/store';
import { Fetch } from './Fetch';
import { type Export, type ExportState, isMade } from './queries';

/** A copy that waits, is being made, or can be fetched. */
export function CopyCard({ copy }: { copy: Export }) {
  const { t } = useTranslation('export');
  const { person } = useAccess();
  const written = useWritten();
  const own = copy.requested_by === person;
  return (
    <Paper sx={{ p: 2 }}>
      <Stack spacing={1.5} sx={{ alignItems: 'flex-start' }}>
        <Stack
          direction="row"
          sx={{ width: '100%', justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}
        >
          <Typography variant="h2">
            {t('of', { time: written.moment(copy.requested_at) })}
          </Typography>
          <Tag role="status">{t(`state.${copy.state as ExportState}`)}</Tag>
        </Stack>
        {!own && <Typography>{t('by_other')}</Typography>}
        {isMade(copy) && <Progress of={copy} />}
        {copy.state === 'ready' && own && <Fetch copy={copy} />}
        <Confirm
          does={t('cancel.do')}
          title={t('cancel.title')}
          color="error"
          send={() => api.POST('/v1/exports/{id}/cancel', { params: { path: { id: copy.id } } })}
          done={saying(t('cancel.done'))}
        >
          <Typography>{t('cancel.text')}</Typography>
        </Confirm>
      </Stack>
    </Paper>
  );
}

function Progress({ of }: { of: Export }) {
  const { t } = useTranslation('export');
  const written = useWritten();
  return (
    <Stack spacing={1} sx={{ width: '100%' }}>
      <Typography>{t('progress', { share: written.number(of.progress) })}</Typography>
      <LinearProgress variant="determinate" value={of.progress} aria-label={t('progress_name')} />
      <Typography variant="body2" color="text.secondary">
        {t('leave')}
      </Typography>
    </Stack>
  );
}
