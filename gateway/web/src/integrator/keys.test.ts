import { expect, test } from 'vitest';
import { readKeys } from './keys';

const key = { kty: 'OKP', crv: 'Ed25519', kid: 'one', x: 'abc' };

test.each([
  ['a set', { keys: [key] }],
  ['a list', [key]],
  ['a single key', key],
])('%s of keys is read', (_, said) => {
  expect(readKeys(JSON.stringify(said))).toEqual([key]);
});

test('what is no key is told apart from what is private', () => {
  expect(readKeys('{')).toBe('unreadable');
  expect(readKeys('{"keys": []}')).toBe('unreadable');
  expect(readKeys('[{"kty": "OKP"}]')).toBe('unreadable');
  expect(readKeys(JSON.stringify({ ...key, d: 'secret' }))).toBe('private');
});

test('only what belongs to a public key is sent', () => {
  expect(readKeys(JSON.stringify({ ...key, note: 'ours' }))).toEqual([key]);
});
