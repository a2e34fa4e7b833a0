import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';

/** All doctors of a hospital, in the order in which they registered; kept on the device. */
export const doctorsQuery = (hospital: string) =>
  queryOptions({
    queryKey: ['doctor', 'of', hospital],
    queryFn: ({ signal }) =>
      whole(
        (after) =>
          answered(
            api.GET('/v1/doctors', {
              params: { query: { hospital, limit: 200, ...(after && { after }) } },
              signal,
            }),
          ),
        signal,
      ),
    staleTime: 10 * 60_000,
    meta: { keep: 'public' },
  });
