import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

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

/** The home page of patients is at `/`, from where `app` leads everybody. */
export const pages = { inside: [visits, visit] } as const;
