import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const visits = createRoute({
  getParentRoute: () => inside,
  path: '/visits',
  component: page('appointment', () => import('./VisitsPage'), 'VisitsPage'),
});

const visit = createRoute({
  getParentRoute: () => inside,
  path: '/visits/$id',
  component: page('appointment', () => import('./VisitPage'), 'VisitPage'),
});

/** The home page of patients is at `/`, from where `app` leads everybody. */
export const pages = { inside: [visits, visit] } as const;
