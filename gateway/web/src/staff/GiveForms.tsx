import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import type { Role } from '@/app/me';
import { saying } from '@/app/say';
import { DepartmentChoice } from '@/hospital/DepartmentChoice';
import type { Hospital } from '@/hospital/queries';
import { endOf, today } from '@/i18n/days';
import { endHere, todayHere } from '@/i18n/here';
import { Choice, DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import type { Member } from './queries';
import { GRANTABLE, rolesThere } from './roles';

/** Who is given something. */
export type Receiver = Pick<Member, 'id'> & { readonly version?: number };

/** Roles that may be of one department. */
const OF_DEPARTMENT: readonly string[] = ['department-head', 'doctor', 'nurse'];

/** Has somebody act in a role from now on, at one of these hospitals or in the whole network. */
export function GiveRole(props: {
  /** Where it can be; who manages one hospital is not asked. */
  readonly sites: readonly Hospital[];
  /** Whether it can be in the whole network. */
  readonly network?: boolean;
  /** What the reader may give. */
  readonly gives: readonly Role[];
  /** To whom; without a version if they have been nothing so far. */
  readonly member: Receiver;
  readonly close: () => void;
}) {
  const { sites, network = false, gives, member } = props;
  const { t } = useTranslation(['staff', 'app']);
  const first = network ? '' : (sites[0]?.id ?? '');
  const zone = (hospital: string) => sites.find(({ id }) => id === hospital)?.time_zone;
  const form = useCommandForm({
    values: { hospital: first, role: '', department: '', until: '' },
    send: ({ hospital, role, department, until }) => {
      const clock = zone(hospital);
      const end = until && (clock ? endOf(until, clock) : endHere(until));
      const header = member.version === undefined ? {} : asSeen(member.version);
      const path = { person: member.id, role };
      const body = {
        ...(OF_DEPARTMENT.includes(role) && department && { department }),
        ...(end && { until: end }),
      };
      if (hospital === '') {
        return answered(
          api.PUT('/v1/staff/{person}/roles/{role}', { params: { path, header }, body }),
        );
      }
      return answered(
        api.PUT('/v1/hospitals/{id}/staff/{person}/roles/{role}', {
          params: { path: { ...path, id: hospital }, header },
          body,
        }),
      );
    },
    done: saying(t('give.role.done'), props.close),
  });
  const [hospital, role] = form.form.watch(['hospital', 'role']);
  const site = sites.find(({ id }) => id === hospital);
  return (
    <Form of={form} submit={t('give.role.do')}>
      <p>{t('give.role.text')}</p>
      {network && (
        <Choice
          name="hospital"
          label={t('network.where')}
          none={t('network.whole')}
          required={false}
          options={sites.map(({ id, name }) => [id, name] as const)}
        />
      )}
      <Choice
        key={hospital}
        name="role"
        label={t('role')}
        none={t('choose')}
        options={rolesThere(gives, hospital !== '').map(
          (one) => [one, t(`app:roles.${one}`)] as const,
        )}
      />
      {site && OF_DEPARTMENT.includes(role) && (
        <DepartmentChoice
          site={site}
          label={t('department')}
          none={t('whole')}
          required={role === 'department-head'}
        />
      )}
      <Until min={site ? today(site.time_zone) : todayHere()} />
    </Form>
  );
}

/** Permits somebody one thing, whatever their roles. */
export function GivePermission(props: {
  readonly site: Hospital;
  readonly member: Member;
  readonly close: () => void;
}) {
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
    done: saying(t('give.permission.done'), props.close),
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
      <Until min={today(site.time_zone)} />
    </Form>
  );
}

function Until({ min }: { min: string }) {
  const { t } = useTranslation('staff');
  return (
    <DayField
      name="until"
      label={t('last')}
      helperText={t('for-good')}
      min={min}
      required={false}
    />
  );
}
