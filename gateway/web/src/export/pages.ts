import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const copy = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/export',
  component: page('export', () => import('./ExportPage'), 'ExportPage'),
});

export const pages = { inside: [copy] } as const;
