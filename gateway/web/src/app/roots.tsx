import {
  createRootRoute,
  createRoute,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { whenKnown } from '@/session/start';
import { Inside } from './Inside';
import { page } from './page';
import { actingSearch } from './patient';

/** The root of all pages. */
export const root = createRootRoute({
  component: Outlet,
  notFoundComponent: page('app', () => import('./Missing'), 'Missing'),
});

/** Pages for everybody, such as the door. */
export const open = createRoute({
  getParentRoute: () => root,
  id: 'open',
  component: page('app', () => import('./Doorway'), 'Doorway'),
});

/** Pages for those who have signed in; others are shown the door, and come back after it. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Inside,
  validateSearch: actingSearch,
  search: { middlewares: [retainSearchParams(['for'])] },
  beforeLoad: async ({ location }) => {
    const session = await whenKnown();
    if (session.state === 'in') return;
    throw redirect({ to: '/sign-in', search: { to: location.href } });
  },
});
