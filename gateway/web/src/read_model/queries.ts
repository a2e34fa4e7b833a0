import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Platform = components['schemas']['PlatformOut'];
export type Part = components['schemas']['PlatformPartOut'];
export type ReadModel = components['schemas']['ReadModelOut'];
export type Job = components['schemas']['JobOut'];

/** How the platform is doing. No event tells of it, so its page asks again and again. */
export const platformQuery = queryOptions({
  queryKey: ['read-model', 'platform'],
  queryFn: ({ signal }) => answered(api.GET('/v1/platform', { signal })),
});
