import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

export const codesRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/codes',
  component: page('hospital_code', () => import('./CodesPage'), 'CodesPage'),
});

export const pages = { inside: [codesRoute] } as const;
