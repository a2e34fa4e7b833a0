import { session } from './state';

/**
 * Where somebody who has come in goes on: to where who was there `before` had been, but for the
 * child for whom they acted, unless they are the same person.
 */
export function onwards(to: string | undefined, before: string | undefined): string {
  const now = session.state;
  if (to === undefined || (now.state === 'in' && now.access.person === before)) return to ?? '/';
  const { pathname, searchParams, hash } = new URL(to, location.origin);
  searchParams.delete('for');
  const search = searchParams.size > 0 ? `?${searchParams}` : '';
  return pathname + search + hash;
}
