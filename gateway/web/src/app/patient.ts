import { useSearch } from '@tanstack/react-router';
import { useAccess } from '@/session/store';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The search parameter that says for which minor a guardian acts. It holds an id and nothing else. */
export interface ActingSearch {
  for?: string | undefined;
}

/** What an address says of it; anything that is no id is left out. */
export function actingSearch(search: Record<string, unknown>): ActingSearch {
  return typeof search.for === 'string' && ID.test(search.for) ? { for: search.for } : {};
}

/** Whether something is the id of a person or thing. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && ID.test(text);
}

/** The minor for whom the person acts; none when they act for themselves. */
export function useActing(): string | undefined {
  const { person } = useAccess();
  const minor = useSearch({ strict: false }).for;
  return minor === person ? undefined : minor;
}

/**
 * Whose record the pages of a patient are about: one's own, or that of the minor whom the
 * address names (`?for=<id>`), which every link inside keeps. Whether one may is the server's to decide.
 */
export function usePatient(): string {
  const { person } = useAccess();
  return useActing() ?? person;
}
