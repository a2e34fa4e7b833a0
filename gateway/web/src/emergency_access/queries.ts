import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { listOptions, whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type EmergencyAccess = components['schemas']['EmergencyAccessOut'];
export type EmergencyReason = components['schemas']['EmergencyReasonCode'];

/** All reasons, the gravest first. */
export const REASONS: readonly EmergencyReason[] = [
  'danger-to-life',
  'unable-to-consent',
  'urgent-treatment',
  'guardian-unreachable',
  'other',
];

/** The records that whoever is signed in has opened in emergencies, the latest first. */
export const ownEmergenciesQuery = listOptions<EmergencyAccess>({
  queryKey: ['emergency-access', 'own'],
  read: (after, signal) =>
    answered(
      api.GET('/v1/me/emergency-accesses', {
        params: { query: { ...(after && { after }) } },
        signal,
      }),
    ),
});

/** Those of them that are open: at most five. */
export const openEmergenciesQuery = queryOptions({
  queryKey: ['emergency-access', 'open'],
  queryFn: ({ signal }) =>
    whole(
      (after) =>
        answered(
          api.GET('/v1/me/emergency-accesses', {
            params: { query: { state: 'open', ...(after && { after }) } },
            signal,
          }),
        ),
      signal,
    ),
});
