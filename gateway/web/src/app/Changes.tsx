import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { follow } from '@/api/changes';
import { sawPosition } from '@/api/send';
import { useAccess } from '@/session/store';
import { present, token } from '@/session/tokens';

/** What a query is about: the capabilities by whose events its answer changes. */
declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { follows?: readonly string[]; keep?: string };
  }
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
    void follow(over.signal, may, (change) => {
      sawPosition(change.position);
      const capability = change.type.split('.')[0];
      void queries.invalidateQueries({
        predicate: ({ queryKey, meta }) =>
          queryKey[0] === capability || meta?.follows?.includes(capability ?? '') === true,
      });
    });
    return () => over.abort();
  }, [queries, person]);
  return null;
}
