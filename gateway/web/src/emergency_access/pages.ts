import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const own = createRoute({
  getParentRoute: () => inside,
  path: '/emergencies',
  component: page('emergency_access', () => import('./OwnAccessesPage'), 'OwnAccessesPage'),
});

export const pages = { inside: [own] } as const;
