import { createRouter } from '@tanstack/react-router';
import { routes } from './capabilities';
import { Broken, Missing, Opening } from './ends';

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  // Pages read through queries, which know better what is stale.
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Opening,
  defaultPendingMs: 300,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Missing,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
