import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const administration = createRoute({
  getParentRoute: () => inside,
  path: '/administration',
  component: lazyRouteComponent(() => import('./AdministrationPage'), 'AdministrationPage'),
});

const policies = createRoute({
  getParentRoute: () => inside,
  path: '/policies',
  component: lazyRouteComponent(() => import('./PoliciesPage'), 'PoliciesPage'),
});

const test = createRoute({
  getParentRoute: () => inside,
  path: '/policies/test',
  component: lazyRouteComponent(() => import('./TestPage'), 'TestPage'),
});

export const pages = { inside: [administration, policies, test] } as const;
