import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '@/session/store';
import { Shell } from './Shell';

/** What is inside, for as long as somebody is; when their session is over, the door. */
export function Inside() {
  const session = useSession();
  const router = useRouter();
  useEffect(() => {
    if (session.state !== 'out') return;
    const { href } = router.state.location;
    // Who has left comes back to the start, who was shown out to where they were.
    const search = session.reason === 'over' ? { to: href } : {};
    void router.navigate({ to: '/sign-in', search, replace: true });
  }, [session, router]);
  return session.state === 'in' ? <Shell /> : null;
}
