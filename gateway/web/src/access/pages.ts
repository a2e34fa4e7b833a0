import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const mine = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/accesses',
  component: lazyRouteComponent(() => import('./AccessesPage'), 'AccessesPage'),
});

export const pages = { inside: [mine] } as const;
