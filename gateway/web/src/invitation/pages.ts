import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside, open } from '@/app/roots';

export const invitationsRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/invitations',
  component: page('invitation', () => import('./InvitationsPage'), 'InvitationsPage'),
});

const accept = page('invitation', () => import('./AcceptPage'), 'AcceptPage');
const acceptOwn = page('invitation', () => import('./AcceptOwnPage'), 'AcceptOwnPage');

const typed = createRoute({
  getParentRoute: () => open,
  path: '/invitation',
  component: accept,
});

const linked = createRoute({
  getParentRoute: () => open,
  path: '/invitation/$id',
  component: accept,
});

const ownTyped = createRoute({
  getParentRoute: () => inside,
  path: '/account/invitation',
  component: acceptOwn,
});

const ownLinked = createRoute({
  getParentRoute: () => inside,
  path: '/account/invitation/$id',
  component: acceptOwn,
});

export const pages = {
  open: [typed, linked],
  inside: [invitationsRoute, ownTyped, ownLinked],
} as const;
