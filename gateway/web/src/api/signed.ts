import { send } from './send';

/** What a check of a signature found. */
export type Checked = 'good' | 'bad' | 'unknown-key' | 'no-means';

interface Key extends JsonWebKey {
  readonly kid?: string;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function parsed(part: string | undefined): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(bytes(part ?? '')));
}

/** What a signed document (JWS, compact) says. Whether it is genuine is for `check` to find. */
export function claimsOf(signed: string): Record<string, unknown> {
  return parsed(signed.split('.')[1]);
}

/**
 * Checks the signature (EdDSA) of a document with these keys, on this device alone. A browser
 * that doesn't know Ed25519 has no means to.
 */
export async function check(signed: string, keys: readonly Key[]): Promise<Checked> {
  const [head, body, signature] = signed.split('.');
  if (head === undefined || body === undefined || signature === undefined) return 'bad';
  const { kid } = parsed(head);
  const found = keys.find((key) => key.kid === kid && key.crv === 'Ed25519');
  if (found?.x === undefined) return 'unknown-key';
  try {
    const shape = { kty: 'OKP', crv: 'Ed25519', x: found.x };
    const key = await crypto.subtle.importKey('jwk', shape, 'Ed25519', false, ['verify']);
    const said = new TextEncoder().encode(`${head}.${body}`);
    return (await crypto.subtle.verify('Ed25519', key, bytes(signature), said)) ? 'good' : 'bad';
  } catch {
    return 'no-means';
  }
}

/** Where the platform publishes the keys that it signs with. */
export const KEYS = '/.well-known/jwks.json';

/** Those keys. */
export async function signingKeys(): Promise<readonly Key[]> {
  const response = await send(new Request(new URL(KEYS, location.origin)));
  const set: { keys: Key[] } = await response.json();
  return set.keys;
}
