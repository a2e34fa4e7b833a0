import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const invitationsRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/invitations',
  component: lazyRouteComponent(() => import('./InvitationsPage'), 'InvitationsPage'),
});

export const pages = { inside: [invitationsRoute] } as const;
