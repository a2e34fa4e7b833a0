import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

export const scheduleRoute = createRoute({
  getParentRoute: () => inside,
  path: '/schedule',
  // Whose; without it, one's own.
  validateSearch: ({ doctor }: Record<string, unknown>): { doctor?: string } =>
    typeof doctor === 'string' ? { doctor } : {},
  component: page('schedule', () => import('./SchedulePage'), 'SchedulePage'),
});

export const pages = { inside: [scheduleRoute] } as const;
