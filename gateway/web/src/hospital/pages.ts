import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const choose = createRoute({
  getParentRoute: () => inside,
  path: '/hospital',
  component: page('hospital', () => import('./Choose'), 'ChooseHospital'),
});

const board = createRoute({
  getParentRoute: () => inside,
  path: '/board',
  component: page('hospital', () => import('./Choose'), 'ChooseBoard'),
});

export const landingRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital',
  component: page('hospital', () => import('./LandingPage'), 'LandingPage'),
});

export const setupRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/setup',
  component: page('hospital', () => import('./SetupPage'), 'SetupPage'),
});

export const policyRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/policy',
  component: page('hospital', () => import('./PolicyPage'), 'PolicyPage'),
});

export const doctorsRoute = createRoute({
  getParentRoute: () => inside,
  path: '/hospitals/$hospital/doctors',
  component: page('hospital', () => import('./DoctorsPage'), 'DoctorsPage'),
});

const hospitals = createRoute({
  getParentRoute: () => inside,
  path: '/administration/hospitals',
  component: page('hospital', () => import('./HospitalsPage'), 'HospitalsPage'),
});

export const pages = {
  inside: [choose, board, landingRoute, setupRoute, policyRoute, doctorsRoute, hospitals],
} as const;
