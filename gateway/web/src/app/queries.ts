import { MutationCache, partialMatchKey, QueryClient, type QueryKey } from '@tanstack/react-query';
import { Problem, passes } from '@/api/problem';

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /**
       * What the command has one read no more. It is not asked for again, which would be refused
       * and stand in the patient's history as a try, and goes once pages know that it is over.
       */
      ends?: readonly QueryKey[];
    };
  }
}

/** How long to wait before asking again for what could not be had, in ms. */
const AGAIN = 5_000;
/** By which a refusal says that what was to be changed isn't there or isn't like that any more. */
const CHANGED: readonly number[] = [404, 409, 412];

/**
 * What pages have read. Each command has all that is shown read anew, which waits for what was
 * changed; so does one that is refused because things stand differently by now, and one that
 * nobody answered. A read that fails for a passing reason is tried again for as long as its page is
 * open, so that a page recovers by itself; one that is refused is not.
 */
export const queries: QueryClient = new QueryClient({
  mutationCache: new MutationCache({
    async onSuccess(_done, _values, _context, { meta }) {
      const ends = meta?.ends ?? [];
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => !ends.some((end) => partialMatchKey(queryKey, end)),
      });
      for (const queryKey of ends) queries.removeQueries({ queryKey });
    },
    onError(error) {
      // What had no answer may have taken effect.
      if (passes(error) || (error instanceof Problem && CHANGED.includes(error.status))) {
        void queries.invalidateQueries();
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      networkMode: 'always',
      retry: (failures, error) => failures < 1 && passes(error),
      retryDelay: 500,
      refetchInterval: ({ state }) => {
        if (state.error === null || !passes(state.error)) return false;
        const wait = state.error instanceof Problem ? state.error.retryAfter : undefined;
        return Math.max(AGAIN, (wait ?? 0) * 1000);
      },
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
