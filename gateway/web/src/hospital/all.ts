import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

type Hospital = components['schemas']['HospitalOut'];

/** All hospitals of the network, in the order in which they opened. */
export const allHospitalsQuery = queryOptions({
  queryKey: ['hospital', 'all', 'whole'],
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
