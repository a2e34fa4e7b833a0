import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const letters = createRoute({
  getParentRoute: () => inside,
  path: '/administration/dead-letters',
  component: page('dead_letter', () => import('./DeadLettersPage'), 'DeadLettersPage'),
});

export const pages = { inside: [letters] } as const;
