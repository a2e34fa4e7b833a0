import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';

/** A doctor's day: all visits in order, cancelled ones included. */
export const dayQuery = (doctor: string, date: string) =>
  queryOptions({
    queryKey: ['appointment', 'day', doctor, date],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/doctors/{id}/day', {
          params: { path: { id: doctor }, query: { date } },
          signal,
        }),
      ),
  });

/** A doctor's queue: the numbers that wait, as they may be shown on a wall. */
export const queueQuery = (doctor: string, date: string) =>
  queryOptions({
    queryKey: ['queue', doctor, date],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/doctors/{id}/queue', {
          params: { path: { id: doctor }, query: { date } },
          signal,
        }),
      ),
    meta: { follows: ['appointment'] },
  });
