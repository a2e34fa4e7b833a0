import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside, open } from '@/app/roots';

const register = createRoute({
  getParentRoute: () => open,
  path: '/register',
  component: page('account', () => import('./RegisterPage'), 'RegisterPage'),
});

const recover = createRoute({
  getParentRoute: () => open,
  path: '/recover',
  component: page('account', () => import('./RecoverPage'), 'RecoverPage'),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  component: page('account', () => import('./AccountPage'), 'AccountPage'),
});

export const pages = { open: [register, recover], inside: [account] } as const;
