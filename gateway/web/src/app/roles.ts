import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { hospitalsQuery } from '@/hospital/queries';
import { useAccess } from '@/session/store';
import { type Role, rolesOf } from './me';

/** What somebody acts as at one hospital. */
export interface Post {
  readonly hospital: string;
  readonly role: Role;
}

/** Who is signed in, and what as. */
export const meQuery = (person: string) =>
  queryOptions({
    queryKey: ['staff', 'me', person],
    queryFn: ({ signal }) => answered(api.GET('/v1/me', { signal })),
    staleTime: 5 * 60_000,
    // Whoever is taken on or accepts an invitation is more from then on.
    meta: { keep: person, follows: ['application', 'invitation'] },
  });

/** What the signed-in person acts as, anywhere; nothing until that is known. */
export function useRoles(): readonly Role[] {
  const me = useQuery(meQuery(useAccess().person));
  return me.data === undefined ? [] : rolesOf(me.data);
}

/** Roles of those who work at hospitals: who has one in the whole network has it at each. */
const AT_HOSPITALS: readonly string[] = [
  'administrator',
  'billing',
  'compliance-officer',
  'department-head',
  'doctor',
  'nurse',
  'pharmacist',
  'receptionist',
];

/** Where the signed-in person works, and as what. */
export function usePosts(): {
  data: readonly Post[] | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
} {
  const me = useQuery(meQuery(useAccess().person));
  const everywhere = me.data?.roles.filter((role) => AT_HOSPITALS.includes(role)) ?? [];
  const hospitals = useQuery({ ...hospitalsQuery(), enabled: everywhere.length > 0 });
  if (everywhere.length === 0) return { ...me, data: me.data?.posts as Post[] | undefined };
  const posts = hospitals.data?.flatMap(({ id }) =>
    everywhere.map((role) => ({ hospital: id, role: role as Role })),
  );
  const single = (me.data?.posts ?? []) as Post[];
  return { ...hospitals, data: posts && [...single, ...posts] };
}

/** What the signed-in person acts as at one hospital; nothing until that is known. */
export function useRolesAt(hospital: string): readonly Role[] {
  const posts = usePosts().data ?? [];
  return posts.filter((post) => post.hospital === hospital).map(({ role }) => role);
}
