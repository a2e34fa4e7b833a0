import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const waitlist = createRoute({
  getParentRoute: () => inside,
  path: '/waitlist',
  component: page('waitlist', () => import('./WaitlistPage'), 'WaitlistPage'),
});

export const pages = { inside: [waitlist] } as const;
