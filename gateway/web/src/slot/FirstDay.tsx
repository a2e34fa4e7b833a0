import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { plusDays } from '@/i18n/days';

/** How far ahead anything can be booked, in days. */
const FURTHEST = 2 * 366;

/** The day from which slots are looked for: `first` or a later one. */
export function FirstDay(props: { day: string; first: string; pick: (day: string) => void }) {
  const { day, first, pick } = props;
  const { t } = useTranslation('slot');
  // Until a year is typed whole it is another, for which nothing is asked.
  const [typed, setTyped] = useState(day);
  const last = plusDays(first, FURTHEST);
  const sound = (value: string) => first <= value && value <= last;
  return (
    <TextField
      type="date"
      label={t('wish.from')}
      value={typed}
      error={!sound(typed)}
      helperText={!sound(typed) && t('wish.from_unsound')}
      onChange={({ target: { value } }) => {
        setTyped(value);
        if (sound(value)) pick(value);
      }}
      sx={{ minWidth: '10rem' }}
      slotProps={{ htmlInput: { min: first, max: last }, inputLabel: { shrink: true } }}
    />
  );
}
