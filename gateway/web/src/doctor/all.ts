import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

type Doctor = components['schemas']['DoctorOut'];

/** All doctors of a hospital, in the order in which they registered. */
export const doctorsOfQuery = (hospital: string) =>
  queryOptions({
    queryKey: ['doctor', 'whole', hospital],
    queryFn: async ({ signal }) => {
      const items: Doctor[] = [];
      let after: string | undefined;
      do {
        const page = await answered(
          api.GET('/v1/doctors', {
            params: { query: { hospital, limit: 200, ...(after && { after }) } },
            signal,
          }),
        );
        items.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return items;
    },
    staleTime: 10 * 60_000,
    enabled: hospital !== '',
  });
