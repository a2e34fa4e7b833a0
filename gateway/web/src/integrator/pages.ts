import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const all = createRoute({
  getParentRoute: () => inside,
  path: '/administration/integrators',
  component: lazyRouteComponent(() => import('./IntegratorsPage'), 'IntegratorsPage'),
});

const register = createRoute({
  getParentRoute: () => inside,
  path: '/administration/integrators/new',
  component: lazyRouteComponent(() => import('./RegisterPage'), 'RegisterPage'),
});

export const integratorRoute = createRoute({
  getParentRoute: () => inside,
  path: '/administration/integrators/$id',
  component: lazyRouteComponent(() => import('./IntegratorPage'), 'IntegratorPage'),
});

export const pages = { inside: [all, register, integratorRoute] } as const;
