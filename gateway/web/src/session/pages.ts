import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { open } from '@/app/roots';

export const signInRoute = createRoute({
  getParentRoute: () => open,
  path: '/sign-in',
  // Where to go then: a path of this application, never an address.
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    typeof to === 'string' && /^\/(?!\/)/.test(to) ? { to } : {},
  component: page('session', () => import('./SignInPage'), 'SignInPage'),
});

export const pages = { open: [signInRoute] } as const;
