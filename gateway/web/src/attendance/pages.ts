import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const DAY = /^\d{4}-\d\d-\d\d$/;

export const dayRoute = createRoute({
  getParentRoute: () => inside,
  path: '/day',
  // Whose list and of which day; without them, one's own of today.
  validateSearch: ({
    doctor,
    date,
  }: Record<string, unknown>): { doctor?: string; date?: string } => ({
    ...(typeof doctor === 'string' && { doctor }),
    ...(typeof date === 'string' && DAY.test(date) && { date }),
  }),
  component: page('attendance', () => import('./DayPage'), 'DayPage'),
});

export const pages = { inside: [dayRoute] } as const;
