import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const family = createRoute({
  getParentRoute: () => inside,
  path: '/family',
  component: page('guardian', () => import('./FamilyPage'), 'FamilyPage'),
});

const child = createRoute({
  getParentRoute: () => inside,
  path: '/family/new',
  component: page('guardian', () => import('./NewChildPage'), 'NewChildPage'),
});

const find = createRoute({
  getParentRoute: () => inside,
  path: '/administration/guardians',
  component: page('guardian', () => import('./FindWardPage'), 'FindWardPage'),
});

export const guardianRoute = createRoute({
  getParentRoute: () => inside,
  path: '/administration/guardians/$id',
  component: page('guardian', () => import('./GuardianPage'), 'GuardianPage'),
});

export const pages = { inside: [family, child, find, guardianRoute] } as const;
