import { createRouter } from '@tanstack/react-router';
import { routes } from './capabilities';
import { Broken, Opening } from './ends';

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  // Pages read through queries, which know better what is stale.
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Opening,
  defaultPendingMs: 300,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
