import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';

/** A doctor as the directory has them; kept on the device, for those one has visits with. */
export const doctorQuery = (id: string) =>
  queryOptions({
    queryKey: ['doctor', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/doctors/{id}', { params: { path: { id } }, signal })),
    staleTime: 10 * 60_000,
    meta: { keep: 'public' },
  });
