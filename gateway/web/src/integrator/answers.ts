import type { Me } from '@/app/me';

const MANAGERS: readonly string[] = ['administrator', 'platform-administrator'];

/**
 * Whether somebody answers for what is done at all of these hospitals, or in the whole network if
 * none is named: who answers for one of a program's hospitals does not answer for the others.
 */
export function answersFor({ roles, posts }: Me, hospitals: readonly string[]): boolean {
  if (roles.some((role) => MANAGERS.includes(role))) return true;
  const managed = posts.filter(({ role }) => MANAGERS.includes(role));
  const own = managed.map(({ hospital }) => hospital);
  return hospitals.length > 0 && hospitals.every((id) => own.includes(id));
}
