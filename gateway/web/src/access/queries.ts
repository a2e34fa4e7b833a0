import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { components } from '@/api/schema';
import { beginHere, endHere } from '@/i18n/here';
import type { Language } from '@/i18n/languages';

export type Access = components['schemas']['AccessOut'];

/** How many accesses a page of the list has. */
const PAGE = 50;

// The keys begin with `accesses`, not with `access`: to read this list is itself an event of
// `access`, and a list that followed it would read itself again and again.

/** Who read a patient's data, the latest first, in sentences of this language. */
export const accessesQuery = (patient: string, language: Language, denied?: boolean) =>
  listOptions({
    queryKey: ['accesses', 'of', patient, language, denied ?? 'all'],
    read: (after, signal) =>
      answered(
        api.GET('/v1/patients/{id}/accesses', {
          params: {
            path: { id: patient },
            query: {
              limit: PAGE,
              language,
              ...(denied !== undefined && { denied }),
              ...(after && { after }),
            },
          },
          signal,
        }),
      ),
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
  listOptions({
    queryKey: ['accesses', 'search', actor, subject, denied, from, to],
    read: (after, signal) =>
      answered(
        api.GET('/v1/accesses', {
          params: {
            query: {
              limit: PAGE,
              ...(actor && { actor }),
              ...(subject && { subject }),
              ...(denied !== undefined && { denied }),
              ...(from && { from: beginHere(from) }),
              ...(to && { to: endHere(to) }),
              ...(after && { after }),
            },
          },
          signal,
        }),
      ),
  });
