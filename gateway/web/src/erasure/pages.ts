import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { inside, open } from '@/app/roots';

const own = createRoute({
  getParentRoute: () => inside,
  path: '/privacy/erasure',
  component: lazyRouteComponent(() => import('./ErasurePage'), 'ErasurePage'),
});

const all = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/erasures',
  component: lazyRouteComponent(() => import('./ErasuresPage'), 'ErasuresPage'),
});

export const erasureRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/erasures/$id',
  component: lazyRouteComponent(() => import('./HeldErasurePage'), 'HeldErasurePage'),
});

export const collectRoute = createRoute({
  getParentRoute: () => open,
  path: '/certificates/$id',
  component: lazyRouteComponent(() => import('./CollectPage'), 'CollectPage'),
});

export const pages = { inside: [own, all, erasureRoute], open: [collectRoute] } as const;
