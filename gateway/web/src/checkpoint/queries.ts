import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Checkpoint = components['schemas']['CheckpointOut'];

/** The newest signed checkpoint. No event tells of it, so its page asks again and again. */
export const checkpointQuery = queryOptions({
  queryKey: ['checkpoint'],
  queryFn: ({ signal }) => answered(api.GET('/v1/checkpoint', { signal })),
});
