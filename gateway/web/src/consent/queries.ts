import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type Consent = components['schemas']['ConsentOut'];
export type Grantee = components['schemas']['GranteeOut'];
export type HealthInformation = components['schemas']['HealthInformationCode'];

/** All consents of a patient: asked for, in force and over, the latest first. */
export const consentsQuery = (patient: string) =>
  queryOptions({
    queryKey: ['consent', 'of', patient],
    queryFn: ({ signal }) =>
      whole(
        (after) =>
          answered(
            api.GET('/v1/patients/{id}/consents', {
              params: { path: { id: patient }, query: { limit: 200, ...(after && { after }) } },
              signal,
            }),
          ),
        signal,
      ),
  });

export const consentQuery = (id: string) =>
  queryOptions({
    queryKey: ['consent', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/consents/{id}', { params: { path: { id } }, signal })),
  });

/** What was last decided on a consent, signed. */
export const receiptQuery = (id: string) =>
  queryOptions({
    queryKey: ['consent', id, 'receipt'],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/consents/{id}/receipt', { params: { path: { id } }, signal })),
  });

/** Every kind of health information that a consent may name, the most usual first. */
export const TYPES = [
  'op-consultation',
  'prescription',
  'diagnostic-report',
  'discharge-summary',
  'immunization-record',
  'health-document-record',
  'wellness-record',
] as const satisfies readonly HealthInformation[];

/** What a consent may be for. Emergencies go without consent, and are reviewed. */
export const PURPOSES = ['CAREMGT', 'HPAYMT', 'DSRCH', 'PUBHLTH', 'PATRQT'] as const;

/** What may be done with information. */
export const MODES = ['view', 'store', 'query', 'stream'] as const;

/** For how many days a consent may last at most. */
export const LONGEST = 365;
