import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Change, follow } from '@/api/changes';
import { sawPosition } from '@/api/send';
import { useAccess } from '@/session/store';
import { present, token } from '@/session/tokens';

/** What a query is about: the capabilities by whose events its answer changes. */
declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { follows?: readonly string[]; keep?: string };
  }
}

/** After how long what follows is asked for again, if it did not come, in ms. */
const AGAIN = 5_000;

/** What follows the changes: it comes after the page, which can be used without. */
async function following(over: AbortSignal): Promise<typeof follow | undefined> {
  while (!over.aborted) {
    try {
      return (await import('@/api/changes')).follow;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
  return undefined;
}

/**
 * Has the queries that a change concerns asked anew: those whose key begins with the
 * capability that the event is named after, and those that say they follow it.
 */
export function Changes() {
  const queries = useQueryClient();
  const { person } = useAccess();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person's changes are others.
  useEffect(() => {
    const over = new AbortController();
    const may = async () => (present() && navigator.onLine ? token() : undefined);
    const tell = (change: Change) => {
      sawPosition(change.position);
      const capability = change.type.split('.')[0];
      void queries.invalidateQueries({
        predicate: ({ queryKey, meta }) =>
          queryKey[0] === capability || meta?.follows?.includes(capability ?? '') === true,
      });
    };
    void following(over.signal).then((follows) => follows?.(over.signal, may, tell));
    return () => over.abort();
  }, [queries, person]);
  return null;
}
