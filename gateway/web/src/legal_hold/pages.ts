import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const find = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/holds',
  component: lazyRouteComponent(() => import('./HoldsPage'), 'HoldsPage'),
});

export const holdRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/holds/$id',
  component: lazyRouteComponent(() => import('./HoldPage'), 'HoldPage'),
});

export const pages = { inside: [find, holdRoute] } as const;
