import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type VisitType = components['schemas']['VisitTypeOut'];

/** All visit types that a hospital offers; kept on the device. */
export const visitTypesQuery = (hospital: string) =>
  queryOptions({
    queryKey: ['visit-type', 'of', hospital],
    queryFn: ({ signal }): Promise<VisitType[]> =>
      whole(
        (after) =>
          answered(
            api.GET('/v1/hospitals/{id}/visit-types', {
              params: { path: { id: hospital }, query: { limit: 200, ...(after && { after }) } },
              signal,
            }),
          ),
        signal,
      ),
    staleTime: 10 * 60_000,
    meta: { keep: 'public' },
  });
