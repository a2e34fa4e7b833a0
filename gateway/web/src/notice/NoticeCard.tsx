import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import type { Notice } from './queries';

/** A message: when it was written, how it travels, what it says, and where that leads. */
export function NoticeCard({ notice }: { notice: Notice }) {
  const { t } = useTranslation('notice');
  const written = useWritten();
  const status = notice.status as 'pending' | 'delivered' | 'undeliverable';
  const channel = notice.channel as 'in_app' | 'email';
  return (
    <Paper sx={{ p: 2 }}>
      <Stack spacing={0.5}>
        <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}>
          <Typography variant="h2" lang={notice.language}>
            {notice.title}
          </Typography>
          {status !== 'delivered' && <Tag>{t(`status.${status}`)}</Tag>}
        </Stack>
        <Typography variant="body2" color="text.secondary">
          <time dateTime={notice.written_at}>{written.moment(notice.written_at)}</time> ·{' '}
          {t(`channel.${channel}`)}
        </Typography>
        <Typography lang={notice.language} sx={{ whiteSpace: 'pre-line' }}>
          {notice.text}
        </Typography>
        <Way notice={notice} />
      </Stack>
    </Paper>
  );
}

/** Where a message leads. */
function Way({ notice }: { notice: Notice }) {
  const { t } = useTranslation('notice');
  const patient = useRoles().includes('patient');
  if (notice.export) return <Link to="/privacy/export">{t('way.export')}</Link>;
  if (notice.emergency_access) {
    const params = { id: notice.emergency_access };
    const review = notice.kind === 'emergency_access_to_review';
    return review ? (
      <Link to="/compliance/emergencies/$id" params={params}>
        {t('way.review')}
      </Link>
    ) : (
      <Link to="/privacy/emergencies/$id" params={params}>
        {t('way.emergency')}
      </Link>
    );
  }
  if (notice.appointment && patient) {
    return (
      <Link to="/visits/$id" params={{ id: notice.appointment }}>
        {t('way.visit')}
      </Link>
    );
  }
  return null;
}
