import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { open } from '@/app/roots';

export const signInRoute = createRoute({
  getParentRoute: () => open,
  path: '/sign-in',
  // Where to go then: a path of this application, never an address.
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    typeof to === 'string' && /^\/(?!\/)/.test(to) ? { to } : {},
  component: lazyRouteComponent(() => import('./SignInPage'), 'SignInPage'),
});

export const pages = { open: [signInRoute] } as const;
