import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const profile = createRoute({
  getParentRoute: () => inside,
  path: '/account/profile',
  component: page('patient', () => import('./ProfilePage'), 'ProfilePage'),
});

export const pages = { inside: [profile] } as const;
