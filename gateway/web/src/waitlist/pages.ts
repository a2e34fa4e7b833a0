import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const waitlist = createRoute({
  getParentRoute: () => inside,
  path: '/waitlist',
  component: lazyRouteComponent(() => import('./WaitlistPage'), 'WaitlistPage'),
});

export const pages = { inside: [waitlist] } as const;
