import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { whole } from '@/api/pages';
import type { components } from '@/api/schema';

export type Integrator = components['schemas']['IntegratorOut'];

/** All programs of others that there are, in the order in which they were registered. */
export const integratorsQuery = queryOptions({
  queryKey: ['integrator', 'all'],
  queryFn: ({ signal }) =>
    whole(
      (after) =>
        answered(
          api.GET('/v1/integrators', {
            params: { query: { limit: 200, ...(after && { after }) } },
            signal,
          }),
        ),
      signal,
    ),
});

export const integratorQuery = (id: string) =>
  queryOptions({
    queryKey: ['integrator', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/integrators/{id}', { params: { path: { id } }, signal })),
  });

/** Which scopes are served here, as programs are told. */
export const scopesQuery = queryOptions({
  queryKey: ['integrator', 'scopes'],
  queryFn: async ({ signal }) => {
    const said = await answered(api.GET('/.well-known/smart-configuration', { signal }));
    return (said as unknown as { scopes_supported: string[] }).scopes_supported;
  },
  staleTime: 10 * 60_000,
});
