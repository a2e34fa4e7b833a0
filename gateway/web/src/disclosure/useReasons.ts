import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { Problem } from '@/api/problem';
import { useRoles } from '@/app/roles';
import type { Appointment } from '@/appointment/queries';
import { consentQuery } from '@/consent/queries';
import { type EmergencyAccess, openEmergenciesQuery } from '@/emergency_access/queries';
import { useAccess } from '@/session/store';
import type { From } from './pages';
import { type Consent, visitQuery } from './queries';

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
 * refused is in their history. Nobody tells who holds a consent that it was given, narrowed or
 * taken back, so those that the address names are read again whenever somebody turns to the page:
 * not by a clock, as each look is in the patient's history.
 */
export function useReasons(patient: string, { visit: visitId, consents: named }: From) {
  const { person } = useAccess();
  const roles = useRoles();
  const care = CARE.some((role) => roles.includes(role));
  const desk = roles.includes('receptionist');
  const consents = useConsents(named, care);
  const emergencies = useQuery({ ...openEmergenciesQuery, enabled: care });
  // Only to its doctor a visit is a reason; the desk has its own.
  const visits = visitId !== undefined && roles.includes('doctor');
  const visit = useQuery({ ...visitQuery(visitId ?? ''), enabled: visits });
  const failed = [...consents, emergencies, ...(visits ? [visit] : [])].find(
    ({ isError, data, error }) => isError && !data && !isGone(error),
  );
  const known =
    roles.length > 0 &&
    (!care || (consents.every(({ isPending }) => !isPending) && emergencies.data !== undefined)) &&
    failed === undefined &&
    (!visits || !visit.isPending);
  const now = new Date().toISOString();
  const reasons: Reasons | undefined = known
    ? {
        desk,
        visit:
          visit.data?.doctor === person && visit.data.patient === patient ? visit.data : undefined,
        consents: consents.flatMap(({ data, error }) =>
          data && !isGone(error) && holds(data, patient, now) ? [data] : [],
        ),
        emergency: emergencies.data?.find(
          (access) => access.patient === patient && access.until > now,
        ),
      }
    : undefined;
  useForgetting(patient, reasons?.consents);
  return {
    data: reasons,
    isError: failed !== undefined,
    error: failed?.error,
    refetch: () => failed?.refetch(),
    care,
  };
}

/** Whether a consent opens something of a patient now. */
function holds(consent: Consent, patient: string, now: string): boolean {
  return consent.patient === patient && consent.state === 'granted' && consent.expires_at > now;
}

function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.status === 404 || error.status === 403);
}

/** The consents that an address names, as they are now: also when the window is turned to again. */
function useConsents(named: string | undefined, care: boolean) {
  const ids = named === undefined || named === '' ? [] : named.split('.');
  const queries = useQueryClient();
  const read = useCallback(() => {
    for (const id of named?.split('.') ?? []) {
      void queries.refetchQueries({ queryKey: consentQuery(id).queryKey, exact: true });
    }
  }, [queries, named]);
  useEffect(() => {
    addEventListener('focus', read);
    return () => removeEventListener('focus', read);
  }, [read]);
  return useQueries({
    queries: ids.map((id) => ({ ...consentQuery(id), enabled: care, staleTime: 0 })),
  });
}

/** Has what consents let one read go from the page and from memory when one of them changes. */
function useForgetting(patient: string, consents: readonly Consent[] | undefined): void {
  const queries = useQueryClient();
  const standing = consents?.map(({ id, version }) => `${id} ${version}`).join();
  const before = useRef(standing);
  useEffect(() => {
    const changed = before.current !== undefined && before.current !== standing;
    before.current = standing;
    if (!changed) return;
    void queries.resetQueries({ queryKey: ['appointment', 'of', patient] });
    void queries.resetQueries({ queryKey: ['feedback'] });
  }, [queries, patient, standing]);
}
