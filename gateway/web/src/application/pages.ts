import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

export const applicationsRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/applications',
  component: page('application', () => import('./ApplicationsPage'), 'ApplicationsPage'),
});

const own = createRoute({
  getParentRoute: () => inside,
  path: '/application',
  component: page('application', () => import('./OwnPage'), 'OwnPage'),
});

export const pages = { inside: [applicationsRoute, own] } as const;
