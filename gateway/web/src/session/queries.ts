import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';

/** Where somebody is signed in. */
export const sessionsQuery = (person: string) =>
  queryOptions({
    queryKey: ['session', 'of', person],
    queryFn: ({ signal }) => answered(api.GET('/v1/me/sessions', { signal })),
  });
