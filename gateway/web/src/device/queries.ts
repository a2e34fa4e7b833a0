import type { Query, QueryClient } from '@tanstack/react-query';
import { session } from '@/session/state';
import { keep, kept } from './vault';

/** What is kept, and when it was read. */
interface Kept {
  readonly data: unknown;
  readonly at: number;
}

/** For how long the device keeps what it has read, in ms: six months. */
const LASTS = 183 * 24 * 60 * 60_000;

/** Whether this is for the device to keep: what is public, and one's own. Never others' data. */
function isKept({ meta }: Query): boolean {
  const now = session.state;
  return meta?.keep === 'public' || (now.state === 'in' && meta?.keep === now.access.person);
}

/** Has the device keep the answers of the queries that say so, and show them until there are newer. */
export function keepQueries(queries: QueryClient): void {
  queries.getQueryCache().subscribe((event) => {
    const { query } = event;
    if (!isKept(query)) return;
    if (event.type === 'added') void restore(query);
    if (event.type === 'updated' && event.action.type === 'success' && !event.action.manual) {
      void keep(query.queryHash, { data: event.action.data, at: Date.now() } satisfies Kept);
    }
  });
}

async function restore(query: Query): Promise<void> {
  const found = await kept<Kept>(query.queryHash);
  if (found === undefined || Date.now() - found.at > LASTS) return;
  if (query.state.data === undefined)
    query.setData(found.data, { updatedAt: found.at, manual: true });
}
