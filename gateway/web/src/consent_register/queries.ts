import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { State } from './states';

/** What a compliance officer looks for. It stands in the address: ids and a state, nothing else. */
export interface Wanted {
  patient?: string | undefined;
  grantee?: string | undefined;
  state?: State | undefined;
}

/** How many consents a page of the list has. */
const PAGE = 50;

/** Consents of all patients, the latest first. Each patient is told that it was looked into. */
export const registerQuery = ({ patient, grantee, state }: Wanted) =>
  listOptions({
    queryKey: ['consent', 'register', patient, grantee, state],
    read: (after, signal) =>
      answered(
        api.GET('/v1/consents', {
          params: {
            query: {
              limit: PAGE,
              ...(patient && { patient }),
              ...(grantee && { grantee }),
              ...(state && { state }),
              ...(after && { after }),
            },
          },
          signal,
        }),
      ),
  });
