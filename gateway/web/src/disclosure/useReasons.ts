import { useQuery } from '@tanstack/react-query';
import { useRoles } from '@/app/roles';
import type { Appointment } from '@/appointment/queries';
import { type EmergencyAccess, openEmergenciesQuery } from '@/emergency_access/queries';
import { useAccess } from '@/session/store';
import { type Consent, heldConsentsQuery, visitQuery } from './queries';

/** Why whoever is signed in may see something of a patient; what isn't there is no reason. */
export interface Reasons {
  /** They do the front desk's work. */
  readonly desk: boolean;
  /** The visit from which they came here, which is theirs. */
  readonly visit: Appointment | undefined;
  readonly consents: readonly Consent[];
  readonly emergency: EmergencyAccess | undefined;
}

const CARE = ['doctor', 'nurse', 'department-head'] as const;

/**
 * Finds out why a patient may be seen before anything of theirs is asked for: a try that is
 * refused is in their history.
 */
export function useReasons(patient: string, visitId: string | undefined) {
  const { person } = useAccess();
  const roles = useRoles();
  const care = CARE.some((role) => roles.includes(role));
  const desk = roles.includes('receptionist');
  const consents = useQuery({ ...heldConsentsQuery, enabled: care });
  const emergencies = useQuery({ ...openEmergenciesQuery, enabled: care });
  const visits = visitId !== undefined && (roles.includes('doctor') || desk);
  const visit = useQuery({ ...visitQuery(visitId ?? ''), enabled: visits });
  const failed = [consents, emergencies].find(({ isError, data }) => isError && !data);
  const known =
    roles.length > 0 &&
    (!care || (consents.data !== undefined && emergencies.data !== undefined)) &&
    (!visits || !visit.isPending);
  const now = new Date().toISOString();
  const reasons: Reasons | undefined = known
    ? {
        desk,
        visit:
          visit.data?.doctor === person && visit.data.patient === patient ? visit.data : undefined,
        consents: (consents.data ?? []).filter(
          (consent) => consent.patient === patient && consent.expires_at > now,
        ),
        emergency: emergencies.data?.find(
          (access) => access.patient === patient && access.until > now,
        ),
      }
    : undefined;
  return {
    data: reasons,
    isError: failed !== undefined,
    error: failed?.error,
    refetch: () => failed?.refetch(),
    care,
  };
}
