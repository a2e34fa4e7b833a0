import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { isId } from '@/app/patient';
import { inside } from '@/app/roots';
import type { Wanted } from './queries';

const mine = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/accesses',
  component: page('access', () => import('./AccessesPage'), 'AccessesPage'),
});

const compliance = createRoute({
  getParentRoute: () => inside,
  path: '/compliance',
  component: page('access', () => import('./CompliancePage'), 'CompliancePage'),
});

const DAY = /^\d{4}-\d\d-\d\d$/;

export const searchRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/accesses',
  // Ids, days and yes or no: nothing else is taken from an address.
  validateSearch: ({ actor, subject, denied, from, to }: Record<string, unknown>): Wanted => ({
    ...(isId(actor) && { actor }),
    ...(isId(subject) && { subject }),
    ...(typeof denied === 'boolean' && { denied }),
    ...(typeof from === 'string' && DAY.test(from) && { from }),
    ...(typeof to === 'string' && DAY.test(to) && { to }),
  }),
  component: page('access', () => import('./SearchPage'), 'SearchPage'),
});

export const pages = { inside: [mine, compliance, searchRoute] } as const;
