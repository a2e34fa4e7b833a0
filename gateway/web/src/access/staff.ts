import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

type Member = components['schemas']['StaffMemberOut'];

/** Who works at a hospital, for those who choose somebody of them; nobody while none is named. */
export const membersQuery = (hospital: string) =>
  queryOptions({
    queryKey: ['staff', 'names', hospital],
    queryFn: async ({ signal }) => {
      const items: Member[] = [];
      let after: string | undefined;
      do {
        const page = await answered(
          api.GET('/v1/hospitals/{id}/staff', {
            params: { path: { id: hospital }, query: { limit: 200, ...(after && { after }) } },
            signal,
          }),
        );
        items.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return items;
    },
    staleTime: 5 * 60_000,
    enabled: hospital !== '',
  });
