import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/administration/settings',
  component: page('settings', () => import('./SettingsPage'), 'SettingsPage'),
});

export const pages = { inside: [settings] } as const;
