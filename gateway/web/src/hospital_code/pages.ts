import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const codesRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/codes',
  component: lazyRouteComponent(() => import('./CodesPage'), 'CodesPage'),
});

export const pages = { inside: [codesRoute] } as const;
