import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';

/** A hospital's day, whole, as it is counted; of one department if it is named. */
export const boardQuery = (hospital: string, date: string, department: string) =>
  queryOptions({
    queryKey: ['appointment', 'board', hospital, date, department],
    queryFn: async ({ signal }) => {
      let version = '';
      const items = await whole(async (after) => {
        const part = await answered(
          api.GET('/v1/hospitals/{id}/board', {
            params: {
              path: { id: hospital },
              query: {
                date,
                limit: 200,
                ...(department && { department }),
                ...(after && { after }),
              },
            },
            signal,
          }),
        );
        // Of the first part: what changed while the others were read is read again.
        version ||= part.version;
        return part;
      }, signal);
      return { version, items };
    },
  });

/** Which version of a hospital's day there is: another one has other visits. It tells of nobody. */
export const boardVersionQuery = (hospital: string, date: string) =>
  queryOptions({
    queryKey: ['day-version', 'hospital', hospital, date],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/v1/hospitals/{id}/board/version', {
          params: { path: { id: hospital }, query: { date } },
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
