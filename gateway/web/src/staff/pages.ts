import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const staffRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/staff',
  component: lazyRouteComponent(() => import('./StaffPage'), 'StaffPage'),
});

export const memberRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/staff/$person',
  component: lazyRouteComponent(() => import('./MemberPage'), 'MemberPage'),
});

export const pages = { inside: [staffRoute, memberRoute] } as const;
