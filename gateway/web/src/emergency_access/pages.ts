import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const own = createRoute({
  getParentRoute: () => inside,
  path: '/emergencies',
  component: lazyRouteComponent(() => import('./OwnAccessesPage'), 'OwnAccessesPage'),
});

export const pages = { inside: [own] } as const;
