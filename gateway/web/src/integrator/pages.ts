import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const all = createRoute({
  getParentRoute: () => inside,
  path: '/administration/integrators',
  component: page('integrator', () => import('./IntegratorsPage'), 'IntegratorsPage'),
});

const register = createRoute({
  getParentRoute: () => inside,
  path: '/administration/integrators/new',
  component: page('integrator', () => import('./RegisterPage'), 'RegisterPage'),
});

export const integratorRoute = createRoute({
  getParentRoute: () => inside,
  path: '/administration/integrators/$id',
  component: page('integrator', () => import('./IntegratorPage'), 'IntegratorPage'),
});

export const pages = { inside: [all, register, integratorRoute] } as const;
