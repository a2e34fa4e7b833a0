import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Dependant = components['schemas']['DependantOut'];
export type Ward = components['schemas']['PatientOut'];

/** The minors for whom somebody has the say, in the order in which they were registered. */
export const dependantsQuery = (person: string) =>
  queryOptions({
    queryKey: ['guardian', 'dependants', person],
    queryFn: async ({ signal }) => (await answered(api.GET('/v1/me/dependants', { signal }))).items,
    staleTime: 5 * 60_000,
    meta: { keep: person, follows: ['patient'] },
  });

/** A patient, for whoever may name their guardian. */
export const wardQuery = (id: string) =>
  queryOptions({
    queryKey: ['patient', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/patients/{id}', { params: { path: { id } }, signal })),
  });
