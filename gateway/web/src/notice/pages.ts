import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const notices = createRoute({
  getParentRoute: () => inside,
  path: '/notices',
  component: page('notice', () => import('./NoticesPage'), 'NoticesPage'),
});

export const pages = { inside: [notices] } as const;
