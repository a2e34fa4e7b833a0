import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { components } from '@/api/schema';

export type HospitalCode = components['schemas']['HospitalCodeOut'];

/** The codes with which people apply at a hospital, the first to be issued first. */
export const codesQuery = (hospital: string) =>
  listOptions<HospitalCode>({
    queryKey: ['hospital-code', 'of', hospital],
    read: (after, signal) =>
      answered(
        api.GET('/v1/hospitals/{id}/codes', {
          params: { path: { id: hospital }, query: { limit: 100, ...(after && { after }) } },
          signal,
        }),
      ),
    meta: { follows: ['application'] },
  });
