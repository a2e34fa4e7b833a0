import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Patient = components['schemas']['PatientOut'];
export type Gender = components['schemas']['GenderCode'];

/** Who a patient is, for themselves and for their guardian. */
export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ['patient', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/patients/{id}', { params: { path: { id } }, signal })),
  });

/** Every gender for administration, as FHIR names it. */
export const GENDERS: readonly Gender[] = ['female', 'male', 'other', 'unknown'];

/** What most who need something to be able to come need. */
export const NEEDS = [
  'wheelchair',
  'interpreter',
  'sign-language',
  'low-vision',
  'hard-of-hearing',
] as const;
