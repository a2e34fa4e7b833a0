import Stack from '@mui/material/Stack';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Role } from '@/app/me';
import { doctorQuery } from '@/doctor/queries';
import type { Member } from '@/staff/queries';
import type { Access } from './queries';
import { ending } from './Timeline';

/** Who read or was refused: by name where the directory or the staff that was looked at has one. */
export function Actor({ of }: { of: Access }) {
  const { t } = useTranslation(['access', 'app']);
  const roles = of.roles.map((role) => t(`app:roles.${role as Role}`)).join(', ');
  const name = useName(of.actor, of.roles.includes('doctor'));
  if (of.actor === undefined) return <>{roles || t('row.nobody')}</>;
  return (
    <Stack>
      <Link to="/compliance/accesses" search={{ actor: of.actor }} title={of.actor}>
        {name ?? ending(of.actor)}
      </Link>
      <span>{roles}</span>
    </Stack>
  );
}

function useName(id: string | undefined, isDoctor: boolean): string | undefined {
  const queries = useQueryClient();
  const doctor = useQuery({ ...doctorQuery(id ?? ''), enabled: isDoctor && id !== undefined }).data;
  if (doctor !== undefined) return doctor.name;
  const known = queries.getQueriesData<Member[]>({ queryKey: ['staff', 'of'] });
  return known.flatMap(([, members]) => members ?? []).find((member) => member.id === id)?.name;
}
