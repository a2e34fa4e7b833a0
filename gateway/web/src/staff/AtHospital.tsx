import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import type { Hospital } from '@/hospital/queries';
import { GivePermission, GiveRole } from './GiveForms';
import { Held } from './Held';
import type { Member } from './queries';
import { WHY_TAKEN } from './ReasonDialog';
import { MANAGERS_GIVE, useActionName } from './roles';

interface Props {
  readonly site: Hospital;
  readonly member: Member;
  /** Whether the reader may change it. */
  readonly may: boolean;
}

/** What somebody acts as at a hospital. */
export function Roles({ site, member, may }: Props) {
  const { t } = useTranslation(['staff', 'app']);
  return (
    <Held
      title={t('roles')}
      none={t('no-roles')}
      rows={member.roles}
      id={({ role }) => role}
      what={{ name: t('role'), cell: ({ role }) => t(`app:roles.${role}`) }}
      where={{
        name: t('department'),
        cell: ({ department }) =>
          site.departments.find(({ id }) => id === department)?.name ?? t('whole'),
      }}
      zone={() => site.time_zone}
      give={
        may
          ? {
              does: t('give.role.do'),
              form: (close) => (
                <GiveRole sites={[site]} gives={MANAGERS_GIVE} member={member} close={close} />
              ),
            }
          : undefined
      }
      take={
        may
          ? {
              text: t('take.role'),
              reasons: WHY_TAKEN,
              send: ({ role }) =>
                MANAGERS_GIVE.includes(role)
                  ? (reason) =>
                      api.DELETE('/v1/hospitals/{id}/staff/{person}/roles/{role}', {
                        params: {
                          path: { id: site.id, person: member.id, role },
                          query: { reason },
                        },
                      })
                  : undefined,
            }
          : undefined
      }
    />
  );
}

/** What else somebody may do at a hospital, whatever their roles. */
export function Permissions({ site, member, may }: Props) {
  const { t } = useTranslation('staff');
  const nameOf = useActionName();
  return (
    <Held
      title={t('permissions')}
      none={t('no-permissions')}
      rows={member.permissions}
      id={({ action }) => action}
      what={{ name: t('permission'), cell: ({ action }) => nameOf(action) }}
      zone={() => site.time_zone}
      give={
        may
          ? {
              does: t('give.permission.do'),
              form: (close) => <GivePermission site={site} member={member} close={close} />,
            }
          : undefined
      }
      take={
        may
          ? {
              text: t('take.permission'),
              reasons: WHY_TAKEN,
              send:
                ({ action }) =>
                (reason) =>
                  api.DELETE('/v1/hospitals/{id}/staff/{person}/permissions/{action}', {
                    params: { path: { id: site.id, person: member.id, action }, query: { reason } },
                  }),
            }
          : undefined
      }
    />
  );
}
