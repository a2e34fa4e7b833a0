import {
  createRootRoute,
  createRoute,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { whenKnown } from '@/session/start';
import { Inside } from './Inside';

/** The root of all pages. */
export const root = createRootRoute({ component: Outlet });

/** Pages for everybody, such as the door. */
export const open = createRoute({
  getParentRoute: () => root,
  id: 'open',
  component: lazyRouteComponent(() => import('./Doorway'), 'Doorway'),
});

/** Pages for those who have signed in; others are shown the door, and come back after it. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Inside,
  beforeLoad: async ({ location }) => {
    const session = await whenKnown();
    if (session.state === 'in') return;
    throw redirect({ to: '/sign-in', search: { to: location.pathname } });
  },
});
