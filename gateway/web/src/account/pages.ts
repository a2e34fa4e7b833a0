import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside, open } from '@/app/roots';

const register = createRoute({
  getParentRoute: () => open,
  path: '/register',
  component: lazyRouteComponent(() => import('./RegisterPage'), 'RegisterPage'),
});

const recover = createRoute({
  getParentRoute: () => open,
  path: '/recover',
  component: lazyRouteComponent(() => import('./RecoverPage'), 'RecoverPage'),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: lazyRouteComponent(() => import('./AccountPage'), 'AccountPage'),
});

export const pages = { open: [register, recover], inside: [account] } as const;
