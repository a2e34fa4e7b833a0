import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const administration = createRoute({
  getParentRoute: () => inside,
  path: '/administration',
  component: page('policy', () => import('./AdministrationPage'), 'AdministrationPage'),
});

const policies = createRoute({
  getParentRoute: () => inside,
  path: '/policies',
  component: page('policy', () => import('./PoliciesPage'), 'PoliciesPage'),
});

const test = createRoute({
  getParentRoute: () => inside,
  path: '/policies/test',
  component: page('policy', () => import('./TestPage'), 'TestPage'),
});

export const pages = { inside: [administration, policies, test] } as const;
