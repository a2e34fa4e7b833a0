import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type Member = components['schemas']['StaffMemberOut'];

/** What names, roles, permissions and accounts change by, besides `staff` itself. */
const meta = { follows: ['application', 'invitation', 'account'] };

/** All who work at a hospital. */
export const staffQuery = (hospital: string) =>
  queryOptions({
    queryKey: ['staff', 'of', hospital],
    queryFn: ({ signal }) =>
      whole(
        (after) =>
          answered(
            api.GET('/v1/hospitals/{id}/staff', {
              params: { path: { id: hospital }, query: { limit: 200, ...(after && { after }) } },
              signal,
            }),
          ),
        signal,
      ),
    meta,
  });

/** All who work for the network or one of its hospitals, for who answers for the whole of it. */
export const networkStaffQuery = () =>
  queryOptions({
    queryKey: ['staff', 'of', 'network'],
    queryFn: ({ signal }) =>
      whole(
        (after) =>
          answered(
            api.GET('/v1/staff', {
              params: { query: { limit: 200, ...(after && { after }) } },
              signal,
            }),
          ),
        signal,
      ),
    meta,
  });
