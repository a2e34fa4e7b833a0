import { useQueries, useQuery } from '@tanstack/react-query';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { meQuery, usePosts } from '@/app/roles';
import { hospitalsQuery } from '@/hospital/queries';
import { Failure } from '@/patterns/Failure';
import { IdField } from '@/patterns/IdField';
import { Select } from '@/patterns/Select';
import { useAccess } from '@/session/store';
import { networkStaffQuery, staffQuery } from '@/staff/queries';
import { useRoleLine } from '@/staff/roles';

/** Who it is: by their number, or chosen from those who work where the reader answers for it. */
export function PersonField(props: { name: string; label: string; required?: boolean }) {
  const { name, label, required = true } = props;
  const { t } = useTranslation('access');
  const { setValue, watch } = useFormContext();
  const { people, error } = useColleagues();
  const chosen: string = watch(name);
  return (
    <>
      <Select
        fullWidth
        label={t('person.member')}
        value={people.some(([id]) => id === chosen) ? chosen : ''}
        options={[['', ''], ...people]}
        choose={(id) => setValue(name, id, { shouldValidate: true })}
        disabled={people.length === 0}
      />
      {error && <Failure error={error} />}
      <IdField
        name={name}
        label={label}
        required={required}
        helperText={t('person.hint')}
        slotProps={{ inputLabel: { shrink: true } }}
      />
    </>
  );
}

/** Who sees all staff of the network. */
const OF_NETWORK: readonly string[] = ['compliance-officer', 'platform-administrator'];
/** Who sees the staff of their hospital. */
const OF_HOSPITAL: readonly string[] = ['administrator', 'compliance-officer'];

/** All whose names and roles the reader may know, by name: their numbers, and what they are. */
function useColleagues() {
  const me = useQuery(meQuery(useAccess().person)).data;
  const network = me?.roles.some((role) => OF_NETWORK.includes(role)) ?? false;
  const posts = usePosts().data ?? [];
  const mine = posts.filter(({ role }) => OF_HOSPITAL.includes(role));
  const ids = [...new Set(mine.map(({ hospital }) => hospital))];
  const sites = useQuery(hospitalsQuery()).data ?? [];
  const all = useQuery({ ...networkStaffQuery(), enabled: network });
  const some = useQueries({
    queries: network || me === undefined ? [] : ids.map((id) => staffQuery(id)),
  });
  const asked = network ? [all] : some;
  const found = new Map(asked.flatMap(({ data }) => data ?? []).map((one) => [one.id, one]));
  const line = useRoleLine(sites);
  const people = [...found.values()]
    .map(({ id, name, roles }) => [id, [name ?? id, ...roles.map(line)].join(', ')] as const)
    .toSorted(([, one], [, other]) => one.localeCompare(other));
  return { people, error: asked.find(({ isError }) => isError)?.error };
}
