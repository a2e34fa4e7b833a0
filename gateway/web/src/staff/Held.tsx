import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import type { Hospital } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { FormDialog } from '@/patterns/FormDialog';
import { Section } from '@/patterns/Section';
import { Table } from '@/patterns/Table';
import { GivePermission, GiveRole } from './GiveForms';
import type { Member } from './queries';
import { ReasonDialog, WHY_TAKEN } from './ReasonDialog';

interface Props {
  readonly site: Hospital;
  readonly member: Member;
  /** Whether the reader may change it. */
  readonly may: boolean;
}

/** A manager gives and takes these; the others are for those who run the whole network. */
const FOR_OTHERS: readonly string[] = ['compliance-officer'];

/** What somebody acts as at a hospital. */
export function Roles({ site, member, may }: Props) {
  const { t } = useTranslation(['staff', 'app']);
  const written = useWritten();
  const give = may && (
    <FormDialog does={t('give.role.do')} title={t('give.role.do')}>
      {(close) => <GiveRole site={site} member={member} close={close} />}
    </FormDialog>
  );
  const take = (role: string, name: string) => (
    <ReasonDialog
      does={t('take.do')}
      label={t('take.of', { name })}
      text={t('take.role')}
      reasons={WHY_TAKEN}
      done={t('take.done')}
      send={(reason) =>
        api.DELETE('/v1/hospitals/{id}/staff/{person}/roles/{role}', {
          params: { path: { id: site.id, person: member.id, role }, query: { reason } },
        })
      }
    />
  );
  return (
    <Section title={t('roles')} actions={give}>
      {member.roles.length === 0 ? (
        <Empty>{t('no-roles')}</Empty>
      ) : (
        <Table
          headed
          caption={t('roles')}
          rows={member.roles}
          id={({ role }) => role}
          columns={[
            { name: t('role'), cell: ({ role }) => t(`app:roles.${role}`) },
            {
              name: t('department'),
              cell: ({ department }) =>
                site.departments.find(({ id }) => id === department)?.name ?? t('whole'),
            },
            {
              name: t('last'),
              cell: ({ until }) => (until ? written.moment(until, site.time_zone) : t('good')),
            },
            ...(may
              ? [
                  {
                    name: t('change'),
                    cell: ({ role }: Member['roles'][number]) =>
                      !FOR_OTHERS.includes(role) && take(role, t(`app:roles.${role}`)),
                  },
                ]
              : []),
          ]}
        />
      )}
    </Section>
  );
}

/** What else somebody may do at a hospital, whatever their roles. */
export function Permissions({ site, member, may }: Props) {
  const { t } = useTranslation('staff');
  const written = useWritten();
  const nameOf = (action: string): string =>
    t(`action.${action}` as never, { defaultValue: action });
  const give = may && (
    <FormDialog does={t('give.permission.do')} title={t('give.permission.do')}>
      {(close) => <GivePermission site={site} member={member} close={close} />}
    </FormDialog>
  );
  const take = (action: string) => (
    <ReasonDialog
      does={t('take.do')}
      label={t('take.of', { name: nameOf(action) })}
      text={t('take.permission')}
      reasons={WHY_TAKEN}
      done={t('take.done')}
      send={(reason) =>
        api.DELETE('/v1/hospitals/{id}/staff/{person}/permissions/{action}', {
          params: { path: { id: site.id, person: member.id, action }, query: { reason } },
        })
      }
    />
  );
  return (
    <Section title={t('permissions')} actions={give}>
      {member.permissions.length === 0 ? (
        <Empty>{t('no-permissions')}</Empty>
      ) : (
        <Table
          headed
          caption={t('permissions')}
          rows={member.permissions}
          id={({ action }) => action}
          columns={[
            { name: t('permission'), cell: ({ action }) => nameOf(action) },
            {
              name: t('last'),
              cell: ({ until }) => (until ? written.moment(until, site.time_zone) : t('good')),
            },
            ...(may
              ? [
                  {
                    name: t('change'),
                    cell: ({ action }: Member['permissions'][number]) => take(action),
                  },
                ]
              : []),
          ]}
        />
      )}
    </Section>
  );
}
