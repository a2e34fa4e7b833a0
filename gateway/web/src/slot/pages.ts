import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const book = createRoute({
  getParentRoute: () => inside,
  path: '/book',
  // The visit that is to be moved, if one is.
  validateSearch: ({ move }: Record<string, unknown>): { move?: string } =>
    typeof move === 'string' && /^[0-9a-f-]{36}$/.test(move) ? { move } : {},
  component: page('slot', () => import('./BookPage'), 'BookPage'),
});

export const pages = { inside: [book] } as const;
