import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { NamedVisit } from '@/disclosure/PatientName';

/** A hospital's day, part by part; of one department if it is named. */
export const boardQuery = (hospital: string, date: string, department: string) =>
  listOptions<NamedVisit>({
    queryKey: ['appointment', 'board', hospital, date, department],
    read: (after, signal) =>
      answered(
        api.GET('/v1/hospitals/{id}/board', {
          params: {
            path: { id: hospital },
            query: {
              date,
              limit: 100,
              ...(department && { department }),
              ...(after && { after }),
            },
          },
          signal,
        }),
      ),
  });

/** What became of a hospital's visits in a period, doctor by doctor. */
export const figuresQuery = (hospital: string, from: string, to: string) =>
  queryOptions({
    queryKey: ['appointment', 'figures', hospital, from, to],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/hospitals/{id}/figures', {
          params: { path: { id: hospital }, query: { from, to } },
          signal,
        }),
      ),
  });
