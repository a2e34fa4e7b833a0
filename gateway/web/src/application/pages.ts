import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const applicationsRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/applications',
  component: lazyRouteComponent(() => import('./ApplicationsPage'), 'ApplicationsPage'),
});

export const pages = { inside: [applicationsRoute] } as const;
