import { styled } from '@mui/material/styles';
import { useTranslation } from 'react-i18next';
import type { Appointment } from '@/appointment/queries';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';

const TONES: Record<string, 'info' | 'warning' | 'success' | 'error'> = {
  booked: 'info',
  checked_in: 'warning',
  in_progress: 'success',
  no_show: 'error',
};

const Toned = styled(Tag, { shouldForwardProp: (prop) => prop !== 'of' })<{ of: string }>(
  ({ theme, of }) => {
    const tone = TONES[of];
    const wraps = { [theme.breakpoints.down('sm')]: { whiteSpace: 'normal', borderRadius: 12 } };
    return tone === undefined
      ? { color: theme.palette.text.secondary }
      : {
          ...wraps,
          borderColor: theme.palette[tone].main,
          color: theme.palette[tone].main,
          ...(of !== 'booked' && { fontWeight: 700 }),
        };
  },
);

/** How a visit stands, and since when if somebody waits. */
export function State({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('attendance');
  const written = useWritten();
  const since = visit.status === 'checked_in' ? visit.checked_in_at : visit.started_at;
  const open = visit.status === 'checked_in' || visit.status === 'in_progress';
  return (
    <Toned of={visit.status}>
      {t(`state.${visit.status as 'booked'}`)}
      {open && since && ` · ${t('since', { time: written.time(since, visit.time_zone) })}`}
    </Toned>
  );
}
