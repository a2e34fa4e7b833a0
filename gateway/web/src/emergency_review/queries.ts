import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { components } from '@/api/schema';

export type EmergencyAccess = components['schemas']['EmergencyAccessOut'];
export type EmergencyState = components['schemas']['EmergencyStateCode'];

export const STATES = ['awaiting-review', 'open', 'reviewed'] as const;

/** The records that were opened in emergencies, the latest first. The patients are told of it. */
export const emergenciesQuery = (state: EmergencyState) =>
  listOptions({
    queryKey: ['emergency-access', 'all', state],
    read: (after, signal) =>
      answered(
        api.GET('/v1/emergency-accesses', {
          params: { query: { state, limit: 50, ...(after && { after }) } },
          signal,
        }),
      ),
  });

export const emergencyQuery = (id: string) =>
  queryOptions({
    queryKey: ['emergency-access', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/emergency-accesses/{id}', { params: { path: { id } }, signal })),
  });
