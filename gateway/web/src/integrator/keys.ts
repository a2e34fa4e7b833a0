import type { components } from '@/api/schema';

export type Key = components['schemas']['KeyIn'];

/** The public part of a key: what is sent of it. */
const PUBLIC = ['kty', 'kid', 'alg', 'use', 'key_ops', 'crv', 'x', 'y', 'n', 'e'] as const;

/** What is wrong with keys that were typed in. */
export type KeyFault = 'unreadable' | 'private';

/**
 * The keys of a JWK set, of a list, or a single one. A private key is refused here, before it
 * leaves the device: whoever holds it should be the only one who does.
 */
export function readKeys(text: string): readonly Key[] | KeyFault {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return 'unreadable';
  }
  const keys = listOf(said);
  if (keys.length === 0 || !keys.every(isKey)) return 'unreadable';
  if (keys.some((key) => 'd' in key || 'k' in key)) return 'private';
  return keys.map((key) => {
    const shown = PUBLIC.filter((name) => name in key).map((name) => [name, key[name]]);
    return Object.fromEntries(shown) as Key;
  });
}

function listOf(said: unknown): unknown[] {
  if (Array.isArray(said)) return said;
  if (typeof said !== 'object' || said === null) return [];
  return 'keys' in said && Array.isArray(said.keys) ? said.keys : [said];
}

function isKey(key: unknown): key is Key & Record<string, unknown> {
  if (typeof key !== 'object' || key === null) return false;
  return 'kty' in key && typeof key.kty === 'string' && 'kid' in key && typeof key.kid === 'string';
}
