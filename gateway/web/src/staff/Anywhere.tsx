import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import type { Hospital } from '@/hospital/queries';
import type { Column } from '@/patterns/Table';
import { GiveRole } from './GiveForms';
import { Held } from './Held';
import type { Member } from './queries';
import { WHY_TAKEN_ANYWHERE } from './ReasonDialog';
import { PLATFORM_GIVES, useActionName } from './roles';

/** Where somebody has something: nowhere in particular is the whole network. */
interface Placed {
  readonly hospital?: string;
  readonly department?: string;
}

/** What somebody acts as, in the whole network and at hospitals. */
export function NetworkRoles(props: {
  sites: readonly Hospital[];
  person: string;
  /** What is known of them; nothing if they are in no list. */
  of: Member | undefined;
  /** Whether the reader may change it. */
  may: boolean;
}) {
  const { sites, person, of, may } = props;
  const { t } = useTranslation(['staff', 'app']);
  const where = useWhere(sites);
  return (
    <Held
      title={t('roles')}
      none={t('network.no-roles')}
      rows={of?.roles ?? []}
      id={({ role, hospital }) => [role, hospital].join()}
      what={{ name: t('role'), cell: ({ role }) => t(`app:roles.${role}`) }}
      where={where}
      zone={({ hospital }) => sites.find(({ id }) => id === hospital)?.time_zone}
      give={
        may
          ? {
              does: t('give.role.do'),
              form: (close) => (
                <GiveRole
                  network
                  sites={sites}
                  gives={PLATFORM_GIVES}
                  member={of ?? { id: person }}
                  close={close}
                />
              ),
            }
          : undefined
      }
      take={
        may
          ? {
              text: t('take.role'),
              reasons: WHY_TAKEN_ANYWHERE,
              send: ({ role, hospital }) =>
                PLATFORM_GIVES.includes(role)
                  ? (reason) => take(person, role, hospital, reason)
                  : undefined,
            }
          : undefined
      }
    />
  );
}

/** What else somebody may do at hospitals. Their managers give and take it. */
export function NetworkPermissions({ sites, of }: { sites: readonly Hospital[]; of: Member }) {
  const { t } = useTranslation('staff');
  const nameOf = useActionName();
  const where = useWhere(sites);
  return (
    <Held
      title={t('permissions')}
      none={t('no-permissions')}
      rows={of.permissions}
      id={({ action, hospital }) => [action, hospital].join()}
      what={{ name: t('permission'), cell: ({ action }) => nameOf(action) }}
      where={where}
      zone={({ hospital }) => sites.find(({ id }) => id === hospital)?.time_zone}
    />
  );
}

function useWhere(sites: readonly Hospital[]): Column<Placed> {
  const { t } = useTranslation('staff');
  return {
    name: t('network.where'),
    cell: ({ hospital, department }) => {
      const site = sites.find(({ id }) => id === hospital);
      if (site === undefined) return hospital ?? t('network.whole');
      const part = site.departments.find(({ id }) => id === department);
      return [site.name, part?.name].filter(Boolean).join(', ');
    },
  };
}

/** Takes a role from somebody, at a hospital or in the whole network. */
function take(person: string, role: string, hospital: string | undefined, reason: string) {
  const query = { reason };
  if (hospital === undefined) {
    const params = { path: { person, role }, query };
    return api.DELETE('/v1/staff/{person}/roles/{role}', { params });
  }
  const params = { path: { id: hospital, person, role }, query };
  return api.DELETE('/v1/hospitals/{id}/staff/{person}/roles/{role}', { params });
}
