import { useMutation } from '@tanstack/react-query';
import { api } from '@/api/client';
import { passes } from '@/api/problem';
import { useAccess } from './store';
import { leave, leaveLater } from './tokens';

/**
 * Ends the session, here and on the server. Without a line this device forgets all the same, and
 * the session is ended as soon as there is one.
 */
export function useSignOut() {
  const { session } = useAccess();
  return useMutation({
    mutationFn: async () => {
      try {
        await api.DELETE('/v1/me/sessions/{id}', { params: { path: { id: session } } });
      } catch (error) {
        if (passes(error)) leaveLater();
      }
      await leave();
    },
  });
}
