import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { beginOf, endOf } from '@/i18n/days';
import type { Language } from '@/i18n/languages';

export type Access = components['schemas']['AccessOut'];

/** How many accesses a page of the list has. */
const PAGE = 50;

// The keys begin with `accesses`, not with `access`: to read this list is itself an event of
// `access`, and a list that followed it would read itself again and again.

/** Who read a patient's data, the latest first, in sentences of this language. */
export const accessesQuery = (patient: string, language: Language, denied?: boolean) =>
  infiniteQueryOptions({
    queryKey: ['accesses', 'of', patient, language, denied ?? 'all'],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/v1/patients/{id}/accesses', {
          params: {
            path: { id: patient },
            query: {
              limit: PAGE,
              language,
              ...(denied !== undefined && { denied }),
              ...(pageParam && { after: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

/** What a compliance officer looks for. It stands in the address: ids and days, nothing else. */
export interface Wanted {
  actor?: string | undefined;
  subject?: string | undefined;
  denied?: boolean | undefined;
  /** The first and the last day. */
  from?: string | undefined;
  to?: string | undefined;
}

/** Who read whose data, the latest first. Each person is told that it was looked into. */
export const searchQuery = ({ actor, subject, denied, from, to }: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['accesses', 'search', actor, subject, denied, from, to],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('/v1/accesses', {
          params: {
            query: {
              limit: PAGE,
              ...(actor && { actor }),
              ...(subject && { subject }),
              ...(denied !== undefined && { denied }),
              ...(from && { from: beginOf(from) }),
              ...(to && { to: endOf(to) }),
              ...(pageParam && { after: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
