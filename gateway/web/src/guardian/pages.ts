import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const family = createRoute({
  getParentRoute: () => inside,
  path: '/family',
  component: lazyRouteComponent(() => import('./FamilyPage'), 'FamilyPage'),
});

const child = createRoute({
  getParentRoute: () => inside,
  path: '/family/new',
  component: lazyRouteComponent(() => import('./NewChildPage'), 'NewChildPage'),
});

const find = createRoute({
  getParentRoute: () => inside,
  path: '/administration/guardians',
  component: lazyRouteComponent(() => import('./FindWardPage'), 'FindWardPage'),
});

export const guardianRoute = createRoute({
  getParentRoute: () => inside,
  path: '/administration/guardians/$id',
  component: lazyRouteComponent(() => import('./GuardianPage'), 'GuardianPage'),
});

export const pages = { inside: [family, child, find, guardianRoute] } as const;
