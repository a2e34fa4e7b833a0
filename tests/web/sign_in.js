// Every way in: password, backup code, passkey as a factor and alone, recovery; and out again.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { press, write } from './hands.js';
import { caller, hospitalCode } from './http.js';
import {
  CODE,
  device,
  LOOKS_AGAIN,
  mailed,
  newAddress,
  PASSWORD,
  proveByPassword,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

/** A device with a fingerprint reader, as far as the browser knows. */
async function withReader(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** The code that an authenticator app shows now for a key in base 32 (RFC 6238). */
function shownByApp(key) {
  const letters = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const bits = letters.map((five) => five.toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', secret).update(step).digest();
  const code = (digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff) % 1_000_000;
  return String(code).padStart(6, '0');
}

const signOut = async (page) => {
  await press(page.getByRole('link', { name: 'Account' }));
  await press(page.getByRole('button', { name: 'Sign out', exact: true }));
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
};

/** Who has applied at a hospital sees what becomes of it, and applies again. */
async function applying(page, manager) {
  const here = `/v1/hospitals/${stage.people.hospital}`;
  const waiting = async () => {
    const { items } = await manager.get(`${here}/applications?status=open`);
    return `/v1/applications/${items.at(-1).id}`;
  };
  const again = async () => {
    await write(page.getByLabel('Hospital code'), await hospitalCode(manager));
    await press(page.getByRole('button', { name: 'Apply', exact: true }));
    await page.getByText('A manager looks at your papers and decides.').waitFor();
  };

  const email = newAddress();
  await page.goto('/register');
  await press(page.getByRole('button', { name: 'I work at a hospital' }));
  await write(page.getByLabel('Your e-mail address'), email);
  await press(page.getByRole('button', { name: 'Send the code' }));
  await write(page.getByLabel('Code from the mail'), await mailed(email, CODE));
  await write(page.getByLabel('Your name'), 'Bina Gill');
  await write(page.getByLabel('Registration number'), 'PMC-4711');
  await write(page.getByLabel('Password'), PASSWORD);
  await write(page.getByLabel('Hospital code'), await hospitalCode(manager));
  await press(page.getByRole('button', { name: 'Register', exact: true }));
  await press(page.getByRole('link', { name: 'Continue' }));
  await signIn(page, { email, password: PASSWORD });
  await page.getByText('A manager looks at your papers and decides.').waitFor();

  // Rejected, it says why; withdrawn, it is over; each time one may apply again.
  await manager.post(`${await waiting()}/reject`, { reason: 'papers-missing' });
  // A change in the moment in which the page begins to follow them is found when it looks again.
  await page
    .getByText("The hospital's reason: Papers are missing.")
    .waitFor({ timeout: LOOKS_AGAIN });
  await again();
  await press(page.getByRole('button', { name: 'Withdraw the application' }));
  const dialog = page.getByRole('dialog');
  await press(dialog.getByRole('button', { name: 'Withdraw the application' }));
  await page.getByText('You have withdrawn your application.').waitFor();
  await again();

  // Approved, a second factor is what is left.
  const { departments } = await manager.get(here);
  await manager.post(`${await waiting()}/approve`, { department: departments[0].id });
  await page.getByText('You are taken on.').waitFor({ timeout: LOOKS_AGAIN });
  await press(page.getByRole('link', { name: 'Set up a second factor' }));
  await page.getByRole('heading', { name: 'Your account' }).waitFor();

  // An app: the password first, then its picture, which stays the same until a code has shown
  // that the app has read it.
  await press(page.getByRole('button', { name: 'Set up an app' }));
  await proveByPassword(page, PASSWORD);
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  const key = await page.locator('code').innerText();
  await write(page.getByLabel('The six digits that the app shows'), '000000');
  await press(page.getByRole('button', { name: 'Turn on' }));
  await page.getByText('The code is wrong').waitFor();
  assert.equal(await page.locator('code').innerText(), key);
  await write(page.getByLabel('The six digits that the app shows'), shownByApp(key));
  await press(page.getByRole('button', { name: 'Turn on' }));
  await press(page.getByRole('button', { name: 'I have kept them' }));
  await page.getByText('Signing in takes a code from your app.').waitFor();
}

await withBrowser(async (browser) => {
  const page = await device(browser);
  await withReader(page);
  const asha = await registerPatient(page);

  // A wrong password is said to be one, and nothing else.
  await signOut(page);
  await write(page.getByLabel('E-mail address'), asha.email);
  await write(page.getByLabel('Password'), 'not this one at all');
  await press(page.getByRole('button', { name: 'Sign in', exact: true }));
  await page.getByText('The e-mail address or the password is wrong.').waitFor();
  await signIn(page, asha);

  // A passkey: the dialog asks for the password first, as adding one can do harm.
  await press(page.getByRole('link', { name: 'Account' }));
  await press(page.getByRole('button', { name: 'Add a passkey of this device' }));
  const proof = page.getByRole('dialog', { name: 'Show that it is you' });
  await write(proof.getByLabel('Password'), PASSWORD);
  await press(proof.getByRole('button', { name: 'Continue' }));
  await page.getByText('Write these down or print them now').waitFor();
  const codes = await page.getByRole('listitem').allInnerTexts();
  const backup = codes.filter((text) => /^[0-9A-Za-z-]{8,40}$/.test(text.trim()));
  assert.ok(backup.length >= 8, codes.join(' | '));
  await press(page.getByRole('button', { name: 'I have kept them' }));

  // Alone.
  await signOut(page);
  await press(page.getByRole('button', { name: 'Sign in with a passkey' }));
  await page.getByRole('heading', { name: 'Your health' }).waitFor();

  // As a second factor, and a backup code in its place.
  await signOut(page);
  await write(page.getByLabel('E-mail address'), asha.email);
  await write(page.getByLabel('Password'), PASSWORD);
  await press(page.getByRole('button', { name: 'Sign in', exact: true }));
  await press(page.getByRole('button', { name: 'Use the passkey' }));
  await page.getByRole('heading', { name: 'Your health' }).waitFor();
  await signOut(page);
  await signIn(page, { ...asha, codes: [backup[0].trim()] });

  // The session outlives the page, in a cookie that no script can read.
  await page.reload();
  await page
    .getByRole('heading', { name: 'Your account' })
    .or(page.getByRole('heading', { name: 'Your health' }))
    .waitFor();
  assert.equal(await page.evaluate(() => document.cookie), '');
  const cookies = await page.context().cookies();
  assert.deepEqual(
    cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite })),
    [{ httpOnly: true, sameSite: 'Strict' }],
  );

  // Ended elsewhere, it is over here.
  const other = await device(browser);
  await signIn(other, { ...asha, codes: [backup[1].trim()] });
  await press(other.getByRole('link', { name: 'Account' }));
  await press(other.getByRole('button', { name: 'Sign out there' }).first());
  await press(other.getByRole('dialog').getByRole('button', { name: 'Sign out there' }));
  await other.getByText('Signed out.').waitFor();
  await page.goto('/visits');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();

  // A forgotten password keeps the second factor.
  await press(page.getByRole('link', { name: 'I have forgotten my password' }));
  await write(page.getByLabel('Your e-mail address'), asha.email);
  const used = await mailed(asha.email, CODE);
  await press(page.getByRole('button', { name: 'Send the code' }));
  const code = await mailed(asha.email, new RegExp(`\\b(?!${used})([0-9A-Z]{5}-[0-9A-Z]{5})\\b`));
  await write(page.getByLabel('Code from the mail'), code);
  await write(page.getByLabel('New password'), 'another quiet brown river');
  await press(page.getByRole('button', { name: 'Set the password' }));
  await press(page.getByRole('button', { name: 'Use the passkey' }));
  await page.getByRole('heading', { name: 'Your health' }).waitFor();

  // Somebody who works there comes in with what they have.
  const manager = await device(browser, { viewport: { width: 1440, height: 900 } });
  await signIn(manager, stage.people.manager);

  await applying(await device(browser), await caller(stage.people.manager));
});
