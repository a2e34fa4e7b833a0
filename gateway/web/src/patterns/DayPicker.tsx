import { mdiChevronLeft, mdiChevronRight } from '@mdi/js';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useTranslation } from 'react-i18next';
import { plusDays } from '@/i18n/days';
import { Icon } from './Icon';

/** The day that a page is about: the one before, the one after, today, or any. */
export function DayPicker(props: {
  day: string;
  today: string;
  pick: (day: string) => void;
  /** By how many days the arrows go. */
  step?: number;
}) {
  const { day, today, pick, step = 1 } = props;
  const { t } = useTranslation('patterns');
  return (
    <Stack direction="row" sx={{ alignItems: 'center', gap: 0.5 }}>
      <Button
        sx={{ minWidth: 44, p: 0 }}
        aria-label={t('day.before')}
        onClick={() => pick(plusDays(day, -step))}
      >
        <Icon path={mdiChevronLeft} />
      </Button>
      <TextField
        type="date"
        size="small"
        label={t('day.label')}
        value={day}
        onChange={({ target }) => target.value !== '' && pick(target.value)}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      <Button
        sx={{ minWidth: 44, p: 0 }}
        aria-label={t('day.after')}
        onClick={() => pick(plusDays(day, step))}
      >
        <Icon path={mdiChevronRight} />
      </Button>
      <Button disabled={day === today} onClick={() => pick(today)}>
        {t('day.today')}
      </Button>
    </Stack>
  );
}
