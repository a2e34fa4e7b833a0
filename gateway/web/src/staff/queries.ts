import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type Member = components['schemas']['StaffMemberOut'];

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
    meta: { follows: ['application', 'invitation', 'account'] },
  });

/** What of the front desk's work can be permitted singly, as the policies name it. */
export const GRANTABLE = [
  'read-board',
  'read-day',
  'read-figures',
  'read-patient',
  'register-patient',
  'list-appointments',
  'read-appointment',
  'book-appointment',
  'reschedule-appointment',
  'cancel-appointment',
  'check-in',
  'start-visit',
  'complete-visit',
  'record-no-show',
  'walk-in',
  'overbook-appointment',
  'waive-fee',
  'list-waitlist',
  'join-waitlist',
] as const;
