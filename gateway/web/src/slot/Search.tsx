import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Hospital, hospitalsQuery } from '@/hospital/queries';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { Loaded } from '@/patterns/Loaded';
import { Select } from '@/patterns/Select';
import type { Wish } from './queries';

const MODES = ['in_person', 'video', 'phone'] as const;
const WIDE = { flex: { sm: '1 1 10rem' } };

interface Wishes {
  wish: Wish;
  change: (wish: Wish) => void;
  /** What else is asked beside it. */
  children: ReactNode;
}

/** What the patient looks for: what for, where, in which language, how. */
export function Search(props: Wishes) {
  const hospitals = useQuery(hospitalsQuery());
  return (
    <Loaded query={hospitals} lines={1}>
      {(all) => <Fields {...props} hospitals={all} />}
    </Loaded>
  );
}

function Fields(props: Wishes & { hospitals: readonly Hospital[] }) {
  const { wish, change, hospitals, children } = props;
  const { t } = useTranslation(['slot', 'appointment']);
  const there = hospitals.filter(({ id }) => !wish.hospital || id === wish.hospital);
  const specialties = new Set(
    there.flatMap(({ departments }) => departments.map((d) => d.specialty)),
  );
  // What tells doctors apart is asked of all of them again.
  const set = (name: 'specialty' | 'hospital' | 'language', value: string) => {
    const { [name]: _, doctor: __, ...rest } = wish;
    change(value === '' ? rest : { ...rest, [name]: value });
  };
  const any = ['', t('wish.any')] as const;
  return (
    <Stack
      component="search"
      direction={{ xs: 'column', sm: 'row' }}
      sx={{ gap: 1.5, flexWrap: 'wrap' }}
    >
      <Select
        label={t('wish.specialty')}
        value={wish.specialty ?? ''}
        options={[any, ...[...specialties].sort().map((name) => [name, name] as const)]}
        choose={(value) => set('specialty', value)}
        sx={WIDE}
      />
      {hospitals.length > 1 && (
        <Select
          label={t('wish.hospital')}
          value={wish.hospital ?? ''}
          options={[any, ...hospitals.map(({ id, name }) => [id, name] as const)]}
          choose={(value) => set('hospital', value)}
          sx={WIDE}
        />
      )}
      <Select
        label={t('wish.language')}
        value={wish.language ?? ''}
        options={[
          any,
          ...(Object.keys(LANGUAGES) as Language[]).map((tag) => [tag, LANGUAGES[tag]] as const),
        ]}
        choose={(value) => set('language', value)}
        sx={WIDE}
      />
      <Select
        label={t('wish.mode')}
        value={wish.mode}
        options={MODES.map((mode) => [mode, t(`appointment:mode.${mode}`)])}
        choose={(mode) => change({ ...wish, mode })}
        sx={WIDE}
      />
      {children}
    </Stack>
  );
}
