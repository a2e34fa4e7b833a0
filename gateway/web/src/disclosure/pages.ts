import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const patientRoute = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$id',
  // The visit from which somebody comes here: an id, no more.
  validateSearch: ({ visit }: Record<string, unknown>): { visit?: string } =>
    typeof visit === 'string' ? { visit } : {},
  component: lazyRouteComponent(() => import('./PatientPage'), 'PatientPage'),
});

export const pages = { inside: [patientRoute] } as const;
