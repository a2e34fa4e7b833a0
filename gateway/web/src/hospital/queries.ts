import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Hospital = components['schemas']['HospitalOut'];

/** A hospital, with its departments and its rules for bookings; kept on the device. */
export const hospitalQuery = (id: string) =>
  queryOptions({
    queryKey: ['hospital', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/hospitals/{id}', { params: { path: { id } }, signal })),
    staleTime: 10 * 60_000,
    meta: { keep: 'public' },
  });

/** All hospitals of the network. */
export const hospitalsQuery = () =>
  queryOptions({
    queryKey: ['hospital', 'all'],
    queryFn: async ({ signal }) => {
      const items: Hospital[] = [];
      let after: string | undefined;
      do {
        const page = await answered(
          api.GET('/v1/hospitals', {
            params: { query: { limit: 200, ...(after && { after }) } },
            signal,
          }),
        );
        items.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return items;
    },
    staleTime: 10 * 60_000,
  });
