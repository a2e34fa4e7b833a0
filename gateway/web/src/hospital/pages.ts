import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside } from '@/app/roots';

const choose = createRoute({
  getParentRoute: () => inside,
  path: '/hospital',
  component: lazyRouteComponent(() => import('./Choose'), 'ChooseHospital'),
});

const board = createRoute({
  getParentRoute: () => inside,
  path: '/board',
  component: lazyRouteComponent(() => import('./Choose'), 'ChooseBoard'),
});

export const landingRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital',
  component: lazyRouteComponent(() => import('./LandingPage'), 'LandingPage'),
});

export const setupRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/setup',
  component: lazyRouteComponent(() => import('./SetupPage'), 'SetupPage'),
});

export const policyRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/policy',
  component: lazyRouteComponent(() => import('./PolicyPage'), 'PolicyPage'),
});

export const doctorsRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/doctors',
  component: lazyRouteComponent(() => import('./DoctorsPage'), 'DoctorsPage'),
});

export const pages = {
  inside: [choose, board, landingRoute, setupRoute, policyRoute, doctorsRoute],
} as const;
