import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { isId } from '@/app/patient';
import { inside } from '@/app/roots';

export const staffRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/staff',
  component: page('staff', () => import('./StaffPage'), 'StaffPage'),
});

export const memberRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/staff/$person',
  component: page('staff', () => import('./MemberPage'), 'MemberPage'),
});

export const peopleRoute = createRoute({
  getParentRoute: () => inside,
  path: '/administration/people',
  // The id of a hospital: nothing else is taken from an address.
  validateSearch: ({ hospital }: Record<string, unknown>): { hospital?: string | undefined } =>
    isId(hospital) ? { hospital } : {},
  component: page('staff', () => import('./PeoplePage'), 'PeoplePage'),
});

export const personRoute = createRoute({
  getParentRoute: () => inside,
  path: '/administration/people/$person',
  component: page('staff', () => import('./PersonPage'), 'PersonPage'),
});

export const pages = { inside: [staffRoute, memberRoute, peopleRoute, personRoute] } as const;
