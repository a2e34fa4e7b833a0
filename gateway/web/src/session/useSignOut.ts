import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api/client';
import { useAccess } from './store';
import { leave } from './tokens';

/** Ends the session, here and on the server. */
export function useSignOut() {
  const { session } = useAccess();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE('/v1/me/sessions/{id}', { params: { path: { id: session } } }),
    // Without a line the device forgets all the same; the session ends by itself.
    onSettled: async () => {
      await leave();
      queries.clear();
    },
  });
}
