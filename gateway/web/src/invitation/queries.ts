import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { components } from '@/api/schema';

export type Invitation = components['schemas']['InvitationOut'];

/** Who was invited to work at a hospital, the first to be invited first. */
export const invitationsQuery = (hospital: string) =>
  listOptions<Invitation>({
    queryKey: ['invitation', 'of', hospital],
    read: (after, signal) =>
      answered(
        api.GET('/v1/hospitals/{id}/invitations', {
          params: { path: { id: hospital }, query: { limit: 100, ...(after && { after }) } },
          signal,
        }),
      ),
  });
