// A manager invites people; who is invited takes it up, with an account of their own or with the one
// that they have.
import assert from 'node:assert/strict';
import { press, write } from './hands.js';
import {
  atDesk,
  CODE,
  device,
  mailed,
  newAddress,
  PASSWORD,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

/** The number of an invitation, as its mail holds it. */
const INVITATION = /accepts invitation ([0-9a-f-]{36})\./;
const ODD = '<img src=x onerror=alert(1)>';

await withBrowser(async (browser) => {
  const page = await atDesk(browser);
  page.on('dialog', (dialog) => assert.fail(`a script ran: ${dialog.message()}`));
  await signIn(page, stage.people.manager);
  await page.goto(`/hospitals/${stage.people.hospital}/invitations`);
  const dialog = page.getByRole('dialog');
  const row = (name) => page.getByRole('row').filter({ hasText: name });

  // Somebody is invited, and is not.
  const guest = newAddress();
  await press(page.getByRole('button', { name: 'Invite', exact: true }));
  await write(dialog.getByLabel('E-mail address'), guest);
  await press(dialog.getByRole('button', { name: 'Invite', exact: true }));
  await mailed(guest, CODE);
  await press(row(guest).getByRole('button', { name: 'Take back' }));
  await press(dialog.getByRole('button', { name: 'Take back' }));
  await row(guest).getByText('Taken back').waitFor();

  // Another is, and accepts: with an account of their own, which needs a second factor.
  const nurse = newAddress();
  await press(page.getByRole('button', { name: 'Invite', exact: true }));
  await write(dialog.getByLabel('E-mail address'), nurse);
  await press(dialog.getByRole('button', { name: 'Invite', exact: true }));
  const invited = await device(browser);
  await invited.goto('/sign-in');
  await press(invited.getByRole('link', { name: 'I was invited to work here' }));
  await write(invited.getByLabel('Code from the mail'), 'AAAAA-AAAAA');
  await write(invited.getByLabel('Number of the invitation'), await mailed(nurse, INVITATION));
  await write(invited.getByLabel('Your name'), `Nurse ${ODD}`);
  await write(invited.getByLabel('Password'), PASSWORD);
  await press(invited.getByRole('button', { name: 'Accept the invitation' }));
  await invited.getByText('The invitation or its code is wrong').waitFor();
  await write(invited.getByLabel('Code from the mail'), await mailed(nurse, CODE));
  await press(invited.getByRole('button', { name: 'Accept the invitation' }));
  await invited.getByText('Your account is open').waitFor();
  assert.equal(new URL(invited.url()).pathname, '/invitation');
  await press(invited.getByRole('link', { name: 'Sign in' }));
  await signIn(invited, { email: nurse, password: PASSWORD });
  await invited.getByRole('heading', { name: 'One more step before you start' }).waitFor();
  await page.reload();
  await row(nurse).getByText('Accepted').waitFor();

  // So does a patient, with the account that they have.
  const other = await device(browser);
  const asha = await registerPatient(other);
  await press(page.getByRole('button', { name: 'Invite', exact: true }));
  await write(dialog.getByLabel('E-mail address'), asha.email);
  await press(dialog.getByRole('button', { name: 'Invite', exact: true }));
  const number = await mailed(asha.email, INVITATION);
  await other.goto(`/invitation/${number}`);
  await press(other.getByRole('link', { name: 'You are signed in' }));
  await write(other.getByLabel('Code from the mail'), await mailed(asha.email, CODE));
  await write(other.getByLabel('Your name'), 'Asha Rao');
  await press(other.getByRole('button', { name: 'Accept the invitation' }));
  await other.getByText('this account has the new role').waitFor();
  await other.getByRole('link', { name: 'Set up a second factor' }).waitFor();
});
