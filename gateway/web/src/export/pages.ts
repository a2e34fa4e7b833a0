import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const copy = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/export',
  component: lazyRouteComponent(() => import('./ExportPage'), 'ExportPage'),
});

export const pages = { inside: [copy] } as const;
