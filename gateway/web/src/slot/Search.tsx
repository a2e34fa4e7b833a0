import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Hospital, hospitalsQuery } from '@/hospital/queries';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { Loaded } from '@/patterns/Loaded';
import type { Wish } from './queries';

const MODES = ['in_person', 'video', 'phone'] as const;

/** What the patient looks for: what for, where, in which language, how. */
export function Search({ wish, change }: { wish: Wish; change: (wish: Wish) => void }) {
  const hospitals = useQuery(hospitalsQuery());
  return (
    <Loaded query={hospitals} lines={1}>
      {(all) => <Wishes wish={wish} change={change} hospitals={all} />}
    </Loaded>
  );
}

function Wishes(props: {
  wish: Wish;
  change: (wish: Wish) => void;
  hospitals: readonly Hospital[];
}) {
  const { wish, change, hospitals } = props;
  const { t } = useTranslation(['slot', 'appointment']);
  const there = hospitals.filter(({ id }) => !wish.hospital || id === wish.hospital);
  const specialties = new Set(
    there.flatMap(({ departments }) => departments.map((d) => d.specialty)),
  );
  const set = <Name extends keyof Wish>(name: Name, value: string) => {
    const { [name]: _, ...rest } = wish;
    change(value === '' ? rest : { ...rest, [name]: value });
  };
  return (
    <Stack
      component="search"
      direction={{ xs: 'column', sm: 'row' }}
      sx={{ gap: 1.5, flexWrap: 'wrap' }}
    >
      <Choice
        label={t('wish.specialty')}
        value={wish.specialty ?? ''}
        options={[...specialties].sort().map((name) => [name, name])}
        set={(value) => set('specialty', value)}
      />
      {hospitals.length > 1 && (
        <Choice
          label={t('wish.hospital')}
          value={wish.hospital ?? ''}
          options={hospitals.map(({ id, name }) => [id, name])}
          set={(value) => set('hospital', value)}
        />
      )}
      <Choice
        label={t('wish.language')}
        value={wish.language ?? ''}
        options={(Object.keys(LANGUAGES) as Language[]).map((tag) => [tag, LANGUAGES[tag]])}
        set={(value) => set('language', value)}
      />
      <Choice
        label={t('wish.mode')}
        value={wish.mode ?? ''}
        options={MODES.map((mode) => [mode, t(`appointment:mode.${mode}`)])}
        set={(value) => set('mode', value)}
      />
    </Stack>
  );
}

function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  set: (value: string) => void;
}) {
  const { t } = useTranslation('slot');
  return (
    <TextField
      select
      label={props.label}
      value={props.value}
      onChange={({ target }) => props.set(target.value)}
      sx={{ flex: { sm: '1 1 10rem' } }}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      <MenuItem value="">{t('wish.any')}</MenuItem>
      {props.options.map(([value, name]) => (
        <MenuItem key={value} value={value}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  );
}
