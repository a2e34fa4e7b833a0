import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

/** A hospital, with its departments and its rules for bookings; kept on the device. */
export const hospitalQuery = (id: string) =>
  queryOptions({
    queryKey: ['hospital', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/hospitals/{id}', { params: { path: { id } }, signal })),
    staleTime: 10 * 60_000,
    meta: { keep: 'public' },
  });

/** What a page of a hospital knows of it. */
export type Hospital = components['schemas']['HospitalOut'];
