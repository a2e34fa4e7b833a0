import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const visitTypesRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/visit-types',
  component: lazyRouteComponent(() => import('./VisitTypesPage'), 'VisitTypesPage'),
});

export const pages = { inside: [visitTypesRoute] } as const;
