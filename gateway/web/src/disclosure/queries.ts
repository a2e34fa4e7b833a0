import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type Patient = components['schemas']['PatientOut'];
export type Consent = components['schemas']['ConsentOut'];

/** Who a patient is, for staff who may know. Each read is in the patient's history. */
export const patientQuery = (id: string) =>
  queryOptions({
    queryKey: ['patient', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/patients/{id}', { params: { path: { id } }, signal })),
    staleTime: 10 * 60_000,
  });

/** One visit. */
export const visitQuery = (id: string) =>
  queryOptions({
    queryKey: ['appointment', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/appointments/{id}', { params: { path: { id } }, signal })),
  });

/**
 * The consents that whoever is signed in holds, or where they work. Each read of it is in the
 * history of every patient in it, so nothing asks for it but the page that lists them.
 */
export const heldConsentsQuery = queryOptions({
  queryKey: ['held-consent'],
  staleTime: 0,
  refetchOnWindowFocus: false,
  queryFn: ({ signal }) =>
    whole(
      (after) =>
        answered(
          api.GET('/v1/me/granted-consents', {
            params: { query: { limit: 200, ...(after && { after }) } },
            signal,
          }),
        ),
      signal,
    ),
});

/** The consents of one patient among those that were listed, as an address holds them. */
export function consentsOf(held: readonly Consent[] | undefined, patient: string): string {
  return (held ?? []).flatMap(({ id, patient: of }) => (of === patient ? [id] : [])).join('.');
}
