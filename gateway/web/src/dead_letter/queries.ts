import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type DeadLetter = components['schemas']['DeadLetterOut'];

/** What could not be processed and waits. No event tells of it, so its page asks again and again. */
export const deadLettersQuery = queryOptions({
  queryKey: ['dead-letter'],
  queryFn: ({ signal }) =>
    answered(api.GET('/v1/dead-letters', { params: { query: { limit: 200 } }, signal })),
});
