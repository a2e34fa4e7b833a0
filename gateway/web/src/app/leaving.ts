import type { QueryClient } from '@tanstack/react-query';
import { asked } from '@/session/proof';
import { session } from '@/session/state';
import { said } from './say';

/**
 * Whoever is no longer in, however that came, leaves nothing in any tab to who comes next: what
 * they have read, what was said to them, and a command that waits until they show who they are.
 */
export function leaveNothing(queries: QueryClient): void {
  session.subscribe(() => {
    if (session.state.state !== 'out') return;
    asked.state?.answer(false);
    said.setState(() => undefined);
    queries.clear();
  });
}
