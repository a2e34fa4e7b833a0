import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { components } from '@/api/schema';

export type Notice = components['schemas']['NoticeOut'];

const PAGE = 30;

/** What somebody was told, the latest first; of a minor by who acts for them. */
export const noticesQuery = (person: string, minor: string | undefined) =>
  listOptions({
    queryKey: ['notice', minor ?? person],
    read: (after, signal) => {
      const query = { limit: PAGE, ...(after && { after }) };
      if (minor === undefined)
        return answered(api.GET('/v1/me/notices', { params: { query }, signal }));
      const params = { path: { id: minor }, query };
      return answered(api.GET('/v1/patients/{id}/notices', { params, signal }));
    },
  });
