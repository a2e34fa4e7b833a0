import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const DAY = /^\d{4}-\d\d-\d\d$/;

export const boardRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/board',
  // Which day, and of which department; without them, today of all.
  validateSearch: ({
    date,
    department,
  }: Record<string, unknown>): { date?: string; department?: string } => ({
    ...(typeof date === 'string' && DAY.test(date) && { date }),
    ...(typeof department === 'string' && { department }),
  }),
  component: page('board', () => import('./BoardPage'), 'BoardPage'),
});

export const figuresRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/figures',
  component: page('board', () => import('./FiguresPage'), 'FiguresPage'),
});

export const pages = { inside: [boardRoute, figuresRoute] } as const;
