import { useStore } from '@tanstack/react-store';
import { type Access, type Session, session } from './state';

export function useSession(): Session {
  return useStore(session, (now) => now);
}

/** Who is signed in. Only for pages that need a session. */
export function useAccess(): Access {
  const now = useSession();
  if (now.state !== 'in') throw new Error('this page is for those who have signed in');
  return now.access;
}
