import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

export const emergencyRoute = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/emergencies/$id',
  component: page('emergency_review', () => import('./EmergencyPage'), 'EmergencyPage'),
});

const all = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/emergencies',
  component: page('emergency_review', () => import('./EmergenciesPage'), 'EmergenciesPage'),
});

export const reviewRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/emergencies/$id',
  component: page('emergency_review', () => import('./ReviewPage'), 'ReviewPage'),
});

export const pages = { inside: [emergencyRoute, all, reviewRoute] } as const;
