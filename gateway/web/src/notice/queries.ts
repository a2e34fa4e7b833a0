import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Notice = components['schemas']['NoticeOut'];

const PAGE = 30;

/** What somebody was told, the latest first; of a minor by who acts for them. */
export const noticesQuery = (person: string, minor: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['notice', minor ?? person],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam && { after: pageParam }) };
      if (minor === undefined)
        return answered(api.GET('/v1/me/notices', { params: { query }, signal }));
      const params = { path: { id: minor }, query };
      return answered(api.GET('/v1/patients/{id}/notices', { params, signal }));
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
