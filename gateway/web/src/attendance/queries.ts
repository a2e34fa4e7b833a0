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

/** Which version of a doctor's day there is: another one has other visits. It tells of nobody. */
export const dayVersionQuery = (doctor: string, date: string) =>
  queryOptions({
    queryKey: ['day-version', 'doctor', doctor, date],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/doctors/{id}/day/version', {
          params: { path: { id: doctor }, query: { date } },
          signal,
        }),
      ),
  });
