import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components, paths } from '@/api/schema';

export type Slot = components['schemas']['SlotOut'];
type Asked = NonNullable<paths['/v1/slots']['get']['parameters']['query']>;
/** What a free slot must fit. */
export type Wish = Pick<Asked, 'hospital' | 'specialty' | 'language' | 'doctor' | 'visit_type'> & {
  // Without it the server looks for visits in person, not for any.
  mode: NonNullable<Asked['mode']>;
};

/** How far ahead is searched, in days: as far as the server does at once. */
const DAYS = 92;
const DAY = 24 * 60 * 60_000;
/** What others book, nobody tells us of. In ms. */
const FRESH = 30_000;

/** Free slots that fit, the first first, in pages. */
export const slotsQuery = (wish: Wish, from: string) =>
  infiniteQueryOptions({
    queryKey: ['slot', 'search', wish, from],
    queryFn: ({ signal, pageParam }) =>
      answered(
        api.GET('/v1/slots', {
          params: {
            query: {
              ...wish,
              from,
              to: new Date(Date.parse(from) + DAYS * DAY).toISOString(),
              limit: 40,
              ...(pageParam && { after: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    staleTime: FRESH,
    meta: { follows: ['appointment', 'calendar', 'schedule'] },
  });
