import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const platform = createRoute({
  getParentRoute: () => inside,
  path: '/administration/platform',
  component: page('read_model', () => import('./PlatformPage'), 'PlatformPage'),
});

export const pages = { inside: [platform] } as const;
