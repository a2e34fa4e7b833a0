import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const privacy = createRoute({
  getParentRoute: () => inside,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./PrivacyPage'), 'PrivacyPage'),
});

export const consentRoute = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/consents/$id',
  component: lazyRouteComponent(() => import('./ConsentPage'), 'ConsentPage'),
});

const give = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/give',
  component: lazyRouteComponent(() => import('./GivePage'), 'GivePage'),
});

export const pages = { inside: [privacy, consentRoute, give] } as const;
