// Who leaves a screen of the hospital open is asked whether they are still there, and signed out.
import assert from 'node:assert/strict';
import { press, write } from './hands.js';
import { atDesk, signIn, stage, withBrowser } from './stage.js';

/** The staff of this stage may do nothing for three minutes; two before the end they are asked. */
const ASKED = 80_000;
const OVER = 150_000;

await withBrowser(async (browser) => {
  const [stays, leaves] = [await atDesk(browser), await atDesk(browser)];
  await signIn(stays, stage.people.doctor);
  await signIn(leaves, stage.people.manager);
  // A page that asks for what others change keeps nobody in.
  await stays.goto('/day');
  // What it is about stands in its address.
  const hours = `/schedule?doctor=${stage.people.doctor.person}`;
  await leaves.goto(hours);
  const dialogs = [stays, leaves].map((page) => page.getByRole('dialog'));
  await Promise.all(dialogs.map((dialog) => dialog.waitFor({ timeout: ASKED })));
  const [stay] = dialogs;
  // It has the focus, so that a key is enough. (Whoever moves to it is there, and needs none.)
  const button = stay.getByRole('button', { name: 'Stay signed in' });
  await button.waitFor();
  assert(await button.evaluate((element) => element === document.activeElement));
  await stays.keyboard.press('Enter');
  await stay.waitFor({ state: 'hidden' });
  assert.equal(new URL(stays.url()).pathname, '/day');

  await leaves.getByRole('button', { name: 'Sign in', exact: true }).waitFor({ timeout: OVER });
  // Whoever said that they are there is in still.
  assert.equal(new URL(stays.url()).pathname, '/day');

  // Who comes back is where they were.
  await write(leaves.getByLabel('E-mail address'), stage.people.manager.email);
  await write(leaves.getByLabel('Password'), stage.people.manager.password);
  await press(leaves.getByRole('button', { name: 'Sign in', exact: true }));
  await press(leaves.getByRole('button', { name: 'Use a backup code' }));
  await write(leaves.getByRole('textbox', { name: 'Code' }), stage.people.manager.codes.shift());
  await press(leaves.getByRole('button', { name: 'Continue' }));
  await leaves.getByRole('heading', { name: 'When a doctor receives patients' }).waitFor();
  assert.equal(leaves.url(), stage.url + hours);
});
