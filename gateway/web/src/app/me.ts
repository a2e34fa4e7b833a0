import type { components } from '@/api/schema';

export type Role = components['schemas']['RoleCode'];
export type Me = components['schemas']['MeOut'];

/** All that somebody acts as, in the whole network or at any hospital. */
export function rolesOf({ roles, posts }: Me): readonly Role[] {
  return [...new Set([...roles, ...posts.map(({ role }) => role)])] as Role[];
}
