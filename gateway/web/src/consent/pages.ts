import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const privacy = createRoute({
  getParentRoute: () => inside,
  path: '/privacy',
  component: page('consent', () => import('./PrivacyPage'), 'PrivacyPage'),
});

export const consentRoute = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/consents/$id',
  component: page('consent', () => import('./ConsentPage'), 'ConsentPage'),
});

const give = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/give',
  component: page('consent', () => import('./GivePage'), 'GivePage'),
});

export const pages = { inside: [privacy, consentRoute, give] } as const;
