import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const find = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/holds',
  component: page('legal_hold', () => import('./HoldsPage'), 'HoldsPage'),
});

export const holdRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/holds/$id',
  component: page('legal_hold', () => import('./HoldPage'), 'HoldPage'),
});

export const pages = { inside: [find, holdRoute] } as const;
