import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Entry = components['schemas']['WaitlistEntryOut'];

/** What a patient waits for, and what is offered to them. */
export const waitlistQuery = (patient: string) =>
  queryOptions({
    queryKey: ['waitlist', 'of', patient],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/patients/{id}/waitlist', { params: { path: { id: patient } }, signal }),
      ),
  });

/** Those that still wait. */
export function waiting(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ state }) => state === 'waiting' || state === 'offered');
}
