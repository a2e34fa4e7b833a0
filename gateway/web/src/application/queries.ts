import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import { Problem } from '@/api/problem';
import type { components } from '@/api/schema';

export type Application = components['schemas']['ApplicationOut'];
export type ApplicationStatus = components['schemas']['ApplicationStatusCode'];

/** Who applies at a hospital, the first to apply first. */
export const applicationsQuery = (hospital: string, status: ApplicationStatus) =>
  listOptions<Application>({
    queryKey: ['application', 'at', hospital, status],
    read: (after, signal) =>
      answered(
        api.GET('/v1/hospitals/{id}/applications', {
          params: { path: { id: hospital }, query: { status, ...(after && { after }) } },
          signal,
        }),
      ),
  });

/** One's own last application; null for who has made none. */
export const ownApplicationQuery = (person: string) =>
  queryOptions({
    queryKey: ['application', 'own', person],
    queryFn: async ({ signal }): Promise<Application | null> => {
      try {
        return await answered(api.GET('/v1/me/application', { signal }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
