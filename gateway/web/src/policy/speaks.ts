import type { Policy } from './queries';

const NAMED = /Action::"([a-z-]+)"/g;

/** Whether a policy says something of an action; one that names none says it of all. */
export function speaksOf({ text }: Policy, action: string): boolean {
  const scope = text.slice(0, text.search(/\)\s*(when|unless|;)/));
  const named = [...scope.matchAll(NAMED)].map(([, name]) => name);
  return named.length === 0 || named.includes(action);
}
