import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

export const emergencyRoute = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/emergencies/$id',
  component: lazyRouteComponent(() => import('./EmergencyPage'), 'EmergencyPage'),
});

const all = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/emergencies',
  component: lazyRouteComponent(() => import('./EmergenciesPage'), 'EmergenciesPage'),
});

export const reviewRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/emergencies/$id',
  component: lazyRouteComponent(() => import('./ReviewPage'), 'ReviewPage'),
});

export const pages = { inside: [emergencyRoute, all, reviewRoute] } as const;
