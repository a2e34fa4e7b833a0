import { Navigate, useLocation } from '@tanstack/react-router';
import { useSession } from '@/session/store';
import { Shell } from './Shell';

/** What is inside, for as long as somebody is; when their session is over, the door. */
export function Inside() {
  const session = useSession();
  const { pathname } = useLocation();
  if (session.state === 'in') return <Shell />;
  const over = session.state === 'out' && session.reason === 'over';
  return <Navigate to="/sign-in" search={over ? { to: pathname } : {}} replace />;
}
