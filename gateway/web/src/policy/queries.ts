import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Policy = components['schemas']['PolicyOut'];
export type Verdict = components['schemas']['PolicyTestOut'];

/** The policies, and the actions that they speak of. They change with a release alone. */
export const policiesQuery = queryOptions({
  queryKey: ['policy'],
  queryFn: ({ signal }) => answered(api.GET('/v1/policies', { signal })),
  staleTime: 10 * 60_000,
});

/** Every kind of thing that an action can be about, as the policies name them. */
export const KINDS = [
  'access',
  'access token',
  'account',
  'application',
  'appointment',
  'calendar feed',
  'checkpoint',
  'consent',
  'dead letter',
  'doctor',
  'emergency access',
  'erasure',
  'export',
  'feedback',
  'hospital',
  'hospital code',
  'integrator',
  'invitation',
  'member of staff',
  'network',
  'notice',
  'patient',
  'person',
  'platform',
  'policy',
  'queue',
  'read model',
  'schedule',
  'second factor',
  'series',
  'session',
  'slot',
  'verification',
  'visit type',
  'waitlist entry',
] as const;
