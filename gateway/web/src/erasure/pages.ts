import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside, open } from '@/app/roots';

const own = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/erasure',
  component: page('erasure', () => import('./ErasurePage'), 'ErasurePage'),
});

const all = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/erasures',
  component: page('erasure', () => import('./ErasuresPage'), 'ErasuresPage'),
});

export const erasureRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/erasures/$id',
  component: page('erasure', () => import('./HeldErasurePage'), 'HeldErasurePage'),
});

export const collectRoute = createRoute({
  getParentRoute: () => open,
  path: '/certificates/$id',
  component: page('erasure', () => import('./CollectPage'), 'CollectPage'),
});

export const pages = { inside: [own, all, erasureRoute], open: [collectRoute] } as const;
