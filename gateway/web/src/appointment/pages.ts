import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
});

const visits = createRoute({
  getParentRoute: () => inside,
  path: '/visits',
  component: lazyRouteComponent(() => import('./VisitsPage'), 'VisitsPage'),
});

const visit = createRoute({
  getParentRoute: () => inside,
  path: '/visits/$id',
  component: lazyRouteComponent(() => import('./VisitPage'), 'VisitPage'),
});

export const pages = { inside: [home, visits, visit] } as const;
