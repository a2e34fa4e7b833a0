import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';

/** A doctor as the directory has them; kept on the device, for those one has visits with. */
export const doctorQuery = (id: string) =>
  queryOptions({
    queryKey: ['doctor', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/doctors/{id}', { params: { path: { id } }, signal })),
    staleTime: 10 * 60_000,
    meta: { keep: 'public' },
  });

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
