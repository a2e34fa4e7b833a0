import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

/** What somebody has besides their password. */
export type Factors = components['schemas']['SecondFactorsOut'];

/** One's own second factors. */
export const secondFactorsQuery = (person: string) =>
  queryOptions({
    queryKey: ['account', 'second-factors', person],
    queryFn: ({ signal }) => answered(api.GET('/v1/me/second-factors', { signal })),
    meta: { follows: ['second-factor'] },
  });
