import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { useAccess } from '@/session/store';

export type Role = components['schemas']['RoleCode'];
export type Me = components['schemas']['MeOut'];

/** Who is signed in, and what as. */
export const meQuery = (person: string) =>
  queryOptions({
    queryKey: ['staff', 'me', person],
    queryFn: ({ signal }) => answered(api.GET('/v1/me', { signal })),
    staleTime: 5 * 60_000,
    meta: { keep: person },
  });

/** What the signed-in person acts as; nothing until that is known. */
export function useRoles(): readonly Role[] {
  const me = useQuery(meQuery(useAccess().person));
  return (me.data?.roles ?? []) as Role[];
}
