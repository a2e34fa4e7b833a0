import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import type { Role } from '@/app/roles';
import { say } from '@/app/say';
import type { Hospital } from '@/hospital/queries';
import { endOf, today } from '@/i18n/days';
import { Choice, DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { GRANTABLE, type Member } from './queries';

const ROLES: readonly Role[] = [
  'receptionist',
  'nurse',
  'doctor',
  'department-head',
  'pharmacist',
  'billing',
  'administrator',
];
/** Roles that may be of one department. */
const OF_DEPARTMENT: readonly string[] = ['department-head', 'doctor', 'nurse'];

interface Props {
  readonly site: Hospital;
  readonly member: Member;
  readonly close: () => void;
}

function useDone({ close }: Props, text: string) {
  const queries = useQueryClient();
  return async () => {
    say({ text });
    close();
    await queries.invalidateQueries({ queryKey: ['staff'] });
  };
}

/** Has somebody act in a role from now on. */
export function GiveRole(props: Props) {
  const { site, member } = props;
  const { t } = useTranslation(['staff', 'app']);
  const form = useCommandForm({
    values: { role: 'receptionist', department: '', until: '' },
    send: ({ role, department, until }) =>
      answered(
        api.PUT('/v1/hospitals/{id}/staff/{person}/roles/{role}', {
          params: {
            path: { id: site.id, person: member.id, role },
            header: asSeen(member.version),
          },
          body: {
            ...(OF_DEPARTMENT.includes(role) && department && { department }),
            ...(until && { until: endOf(until, site.time_zone) }),
          },
        }),
      ),
    done: useDone(props, t('give.role.done')),
  });
  const role = form.form.watch('role');
  return (
    <Form of={form} submit={t('give.role.do')}>
      <p>{t('give.role.text')}</p>
      <Choice
        name="role"
        label={t('role')}
        options={ROLES.map((one) => [one, t(`app:roles.${one}`)] as const)}
      />
      {OF_DEPARTMENT.includes(role) && (
        <Choice
          name="department"
          label={t('department')}
          none={t('whole')}
          options={site.departments.map(({ id, name }) => [id, name] as const)}
          required={role === 'department-head'}
        />
      )}
      <Until zone={site.time_zone} />
    </Form>
  );
}

/** Permits somebody one thing, whatever their roles. */
export function GivePermission(props: Props) {
  const { site, member } = props;
  const { t } = useTranslation('staff');
  const form = useCommandForm({
    values: { action: '', until: '' },
    send: ({ action, until }) =>
      answered(
        api.PUT('/v1/hospitals/{id}/staff/{person}/permissions/{action}', {
          params: {
            path: { id: site.id, person: member.id, action },
            header: asSeen(member.version),
          },
          body: { ...(until && { until: endOf(until, site.time_zone) }) },
        }),
      ),
    done: useDone(props, t('give.permission.done')),
  });
  return (
    <Form of={form} submit={t('give.permission.do')}>
      <p>{t('give.permission.text')}</p>
      <Choice
        name="action"
        label={t('permission')}
        none={t('choose')}
        options={GRANTABLE.map((action) => [action, t(`action.${action}`)] as const)}
      />
      <Until zone={site.time_zone} />
    </Form>
  );
}

function Until({ zone }: { zone: string }) {
  const { t } = useTranslation('staff');
  return (
    <DayField
      name="until"
      label={t('last')}
      helperText={t('for-good')}
      min={today(zone)}
      required={false}
    />
  );
}
