import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type Export = components['schemas']['ExportOut'];
export type ExportState = 'queued' | 'running' | 'ready' | 'failed' | 'cancelled' | 'expired';

export const FORMATS = ['pdf', 'fhir', 'json'] as const;

/** How often to ask about a copy that is being made, in ms: a minor's changes are told to nobody. */
const FOLLOW = 3_000;

/** The copies that were asked for of a patient's data, the latest first; followed while one is made. */
export const exportsQuery = (patient: string) =>
  queryOptions({
    queryKey: ['export', 'of', patient],
    queryFn: ({ signal }) =>
      whole(
        (after) =>
          answered(
            api.GET('/v1/patients/{id}/exports', {
              params: { path: { id: patient }, query: { limit: 200, ...(after && { after }) } },
              signal,
            }),
          ),
        signal,
      ),
    refetchInterval: ({ state }) => (state.data?.some(isMade) || state.error ? FOLLOW : false),
  });

/** Whether it waits or is being made. */
export function isMade({ state }: Export): boolean {
  return state === 'queued' || state === 'running';
}

/** Whether another one can't be asked for because of it. */
export function isOpen(one: Export): boolean {
  return isMade(one) || one.state === 'ready';
}
