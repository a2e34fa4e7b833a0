import { useTranslation } from 'react-i18next';
import type { Role } from '@/app/me';
import type { Hospital } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import type { Member } from './queries';

/** What a manager gives and takes at their hospital. */
export const MANAGERS_GIVE: readonly Role[] = [
  'receptionist',
  'nurse',
  'doctor',
  'department-head',
  'pharmacist',
  'billing',
  'administrator',
];

/** What a platform administrator gives and takes, anywhere. */
export const PLATFORM_GIVES: readonly Role[] = [
  'compliance-officer',
  'administrator',
  'operator',
  'analyst',
  'platform-administrator',
];

/** Roles that somebody may have in the whole network. */
const OF_NETWORK: readonly Role[] = [
  'compliance-officer',
  'operator',
  'analyst',
  'platform-administrator',
];

/** Roles that somebody may have at a hospital. */
const OF_HOSPITAL: readonly Role[] = [...MANAGERS_GIVE, 'compliance-officer'];

/** Every role of those who work somewhere. */
export const ALL_ROLES: readonly Role[] = [...new Set([...OF_HOSPITAL, ...OF_NETWORK])];

/** Which of these roles there are in the whole network, or at a hospital. */
export function rolesThere(of: readonly Role[], atHospital: boolean): readonly Role[] {
  return of.filter((role) => (atHospital ? OF_HOSPITAL : OF_NETWORK).includes(role));
}

/** What of the front desk's work can be permitted singly, as the policies name it. */
export const GRANTABLE = [
  'read-board',
  'read-day',
  'read-figures',
  'read-patient',
  'register-patient',
  'list-appointments',
  'read-appointment',
  'book-appointment',
  'reschedule-appointment',
  'cancel-appointment',
  'check-in',
  'start-visit',
  'complete-visit',
  'record-no-show',
  'walk-in',
  'overbook-appointment',
  'waive-fee',
  'list-waitlist',
  'join-waitlist',
] as const;

/** What a permission is called. */
export function useActionName(): (action: string) => string {
  const { t } = useTranslation('staff');
  return (action) => t(`action.${action}` as never, { defaultValue: action });
}

/** A role in one line: as what, at which of these hospitals, in which department, until when. */
export function useRoleLine(
  sites: readonly Hospital[],
): (given: Member['roles'][number]) => string {
  const { t } = useTranslation(['staff', 'app']);
  const written = useWritten();
  return ({ role, hospital, department, until }) => {
    const site = sites.find(({ id, departments }) =>
      hospital ? id === hospital : departments.some((one) => one.id === department),
    );
    return [
      t(`app:roles.${role}`),
      hospital && site?.name,
      site?.departments.find(({ id }) => id === department)?.name,
      until && t('until', { day: written.day(until, site?.time_zone) }),
    ]
      .filter(Boolean)
      .join(', ');
  };
}
