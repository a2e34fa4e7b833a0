import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { hospitalsQuery } from '@/hospital/queries';
import { useAccess } from '@/session/store';

export type Role = components['schemas']['RoleCode'];

/** What somebody acts as at one hospital. */
export interface Post {
  readonly hospital: string;
  readonly role: Role;
}

export type Me = components['schemas']['MeOut'] & { readonly posts?: readonly Post[] };

/** Who is signed in, and what as. */
export const meQuery = (person: string) =>
  queryOptions({
    queryKey: ['staff', 'me', person],
    queryFn: ({ signal }): Promise<Me> => answered(api.GET('/v1/me', { signal })),
    staleTime: 5 * 60_000,
    meta: { keep: person },
  });

/** What the signed-in person acts as; nothing until that is known. */
export function useRoles(): readonly Role[] {
  const me = useQuery(meQuery(useAccess().person));
  return (me.data?.roles ?? []) as Role[];
}

/** Roles that somebody has at a hospital. */
const AT_HOSPITALS: readonly Role[] = [
  'administrator',
  'billing',
  'compliance-officer',
  'department-head',
  'doctor',
  'nurse',
  'pharmacist',
  'receptionist',
];

/** Where the signed-in person works and as what: as the server says, or else anywhere. */
export function usePosts(): {
  data: readonly Post[] | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
} {
  const me = useQuery(meQuery(useAccess().person));
  const roles = ((me.data?.roles ?? []) as Role[]).filter((role) => AT_HOSPITALS.includes(role));
  const unsaid = me.data !== undefined && me.data.posts === undefined && roles.length > 0;
  const hospitals = useQuery({ ...hospitalsQuery(), enabled: unsaid });
  if (!unsaid) return { ...me, data: me.data === undefined ? undefined : (me.data.posts ?? []) };
  const posts = hospitals.data?.flatMap(({ id }) => roles.map((role) => ({ hospital: id, role })));
  return { ...hospitals, data: posts };
}

/** What the signed-in person acts as at one hospital; nothing until that is known. */
export function useRolesAt(hospital: string): readonly Role[] {
  const posts = usePosts().data ?? [];
  return posts.filter((post) => post.hospital === hospital).map(({ role }) => role);
}
