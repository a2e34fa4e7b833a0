import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

export const visitTypesRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/visit-types',
  component: page('visit_type', () => import('./VisitTypesPage'), 'VisitTypesPage'),
});

export const pages = { inside: [visitTypesRoute] } as const;
