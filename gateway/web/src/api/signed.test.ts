import { expect, test } from 'vitest';
import { check, claimsOf } from './signed';

const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function signed(claims: object) {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const said = `${text({ alg: 'EdDSA', kid: 'one' })}.${text(claims)}`;
  const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, Buffer.from(said));
  const key = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid: 'one' };
  return { document: `${said}.${Buffer.from(signature).toString('base64url')}`, key };
}

test('a document that was signed with a published key is good', async () => {
  const { document, key } = await signed({ status: 'GRANTED', text: 'सहमति' });
  expect(await check(document, [key])).toBe('good');
  expect(claimsOf(document)).toEqual({ status: 'GRANTED', text: 'सहमति' });
});

test('what was changed after signing is bad', async () => {
  const { document, key } = await signed({ status: 'REVOKED' });
  const [head, , signature] = document.split('.');
  expect(await check(`${head}.${text({ status: 'GRANTED' })}.${signature}`, [key])).toBe('bad');
});

test('a key that is not published proves nothing', async () => {
  const { document, key } = await signed({});
  expect(await check(document, [])).toBe('unknown-key');
  expect(await check(document, [{ ...key, kid: 'two' }])).toBe('unknown-key');
  const other = await signed({});
  expect(await check(document, [other.key])).toBe('bad');
});
