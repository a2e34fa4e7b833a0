import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
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
