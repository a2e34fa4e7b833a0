// A manager runs a hospital through its pages; what people type is text on each of them, whatever
// it looks like.
import assert from 'node:assert/strict';
import {
  atDesk,
  CODE,
  device,
  mailed,
  newAddress,
  PASSWORD,
  prove,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

const { manager: kiran } = stage.people;
const IMAGE = '<img src=x onerror=alert(1)>';
const SCRIPT = '"><script>alert(1)</script>';
/** The number of an invitation, as its mail holds it. */
const INVITATION = /accepts invitation ([0-9a-f-]{36})\./;
const FORMULA = '=HYPERLINK("http://x","y")';

await withBrowser(async (browser) => {
  const page = await atDesk(browser);
  page.on('dialog', (dialog) => assert.fail(`a script ran: ${dialog.message()}`));
  await signIn(page, kiran);
  const open = async (name) => {
    await page.getByRole('link', { name: 'Hospital', exact: true }).click();
    await page.getByRole('main').getByRole('link', { name, exact: true }).click();
  };
  const dialog = page.getByRole('dialog');
  const row = (name) => page.getByRole('row').filter({ hasText: name });

  // A department, a room, a holiday.
  await open('Departments, rooms, holidays');
  await page.getByRole('button', { name: 'Add a department' }).click();
  await dialog.getByLabel('Name').fill(IMAGE);
  await dialog.getByLabel('What it treats').fill(FORMULA);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await row(IMAGE).getByText(FORMULA).waitFor();
  await page.getByRole('button', { name: 'Add a room or a device' }).click();
  await dialog.getByLabel('Name').fill(SCRIPT);
  await dialog.getByLabel('Kind').fill('ultrasound');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await row(SCRIPT).getByText('ultrasound').waitFor();
  await page.getByRole('button', { name: 'Declare a holiday' }).click();
  const later = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel('Day').fill(later);
  await dialog.getByLabel('What is celebrated').fill(FORMULA);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await row(FORMULA).getByRole('button', { name: 'Withdraw' }).waitFor();

  // A visit type that needs the room.
  await open('Visit types');
  await page.getByRole('button', { name: 'Add a visit type' }).click();
  await dialog.getByLabel('Name').fill(IMAGE);
  await dialog.getByRole('checkbox', { name: 'ultrasound' }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row(IMAGE).getByText('ultrasound').waitFor();

  // The rules for bookings.
  await open('Rules for bookings');
  await page.getByLabel('Most visits to come of one patient').fill('7');
  await page.getByRole('button', { name: 'Save the rules' }).click();
  await page.getByText('The rules are saved.').waitFor();
  await page.reload();
  await page.waitForFunction(() => document.querySelector('input[name="open"]')?.value === '7');

  // A code: issued, replaced; the old one is of no use, the new one brings an application.
  await open('Hospital codes');
  await page.getByRole('button', { name: 'Issue a code' }).click();
  await dialog.getByRole('button', { name: 'Issue a code' }).click();
  const old = await dialog.locator('output').innerText();
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await row('Works').last().getByRole('button', { name: 'Replace' }).click();
  await dialog.getByRole('button', { name: 'Replace' }).click();
  const code = await dialog.locator('output').innerText();
  await dialog.getByRole('button', { name: 'I have it' }).click();
  assert.notEqual(code, old);

  const email = newAddress();
  const provider = await device(browser);
  await provider.goto('/register');
  await provider.getByRole('button', { name: 'I work at a hospital' }).click();
  await provider.getByLabel('Your e-mail address').fill(email);
  await provider.getByRole('button', { name: 'Send the code' }).click();
  await provider.getByLabel('Code from the mail').fill(await mailed(email, CODE));
  await provider.getByLabel('Your name').fill(`Dr ${SCRIPT}`);
  await provider.getByLabel('Registration number').fill('PMC-4711');
  await provider.getByLabel('Password').fill(PASSWORD);
  await provider.getByLabel('Hospital code').fill(old);
  await provider.getByRole('button', { name: 'Register', exact: true }).click();
  await provider.getByText("The hospital code can't be used.").waitFor();
  await provider.getByLabel('Hospital code').fill(code);
  await provider.getByRole('button', { name: 'Register', exact: true }).click();
  await provider.getByText('Your application is with the hospital.').waitFor();
  await provider.getByRole('link', { name: 'Continue' }).click();
  await signIn(provider, { email, password: PASSWORD });
  await provider.getByText('A manager looks at your papers and decides.').waitFor();

  // The manager looks at the papers, and takes them on.
  await open('Applications');
  const applicant = `Dr ${SCRIPT}`;
  await page.getByRole('button', { name: `Approve ${applicant}` }).click();
  await dialog.getByLabel('Department').selectOption({ label: IMAGE });
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Approved.').waitFor();
  await provider.getByText('You are taken on.').waitFor();
  await open('Doctors');
  await row(applicant).getByText(IMAGE).waitFor();

  // A code that is revoked takes nobody any more.
  await open('Hospital codes');
  await page.getByRole('button', { name: 'Issue a code' }).click();
  await dialog.getByRole('button', { name: 'Issue a code' }).click();
  await dialog.getByRole('button', { name: 'I have it' }).click();
  await row('0 of 1').last().getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await row('Revoked').first().waitFor();

  // A role and a permission, given and taken; the account shut and opened.
  await open('Staff');
  await page.getByRole('link', { name: applicant }).click();
  await page.getByRole('button', { name: 'Give a role' }).click();
  await dialog.getByLabel('Role').selectOption({ label: 'Nurse' });
  await dialog.getByRole('button', { name: 'Give a role' }).click();
  await prove(page, kiran);
  await page.getByText('The role is given.').waitFor();
  await page.getByRole('button', { name: 'Take away: Nurse' }).click();
  await dialog.getByLabel('Why').selectOption({ label: 'Given by mistake' });
  await dialog.getByRole('button', { name: 'Take away' }).click();
  await page.getByRole('button', { name: 'Take away: Nurse' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Give a permission' }).click();
  await dialog.getByLabel('Permission').selectOption({ label: 'See figures' });
  await dialog.getByRole('button', { name: 'Give a permission' }).click();
  await page.getByRole('button', { name: 'Take away: See figures' }).click();
  await dialog.getByLabel('Why').selectOption({ label: 'Given by mistake' });
  await dialog.getByRole('button', { name: 'Take away' }).click();
  await page.getByText('Nothing beyond what the roles allow.').waitFor();
  await page.getByRole('button', { name: 'Disable the account' }).click();
  await dialog.getByLabel('Why').selectOption({ label: 'The account was misused' });
  await dialog.getByRole('button', { name: 'Disable the account' }).click();
  await page.getByText('The account is disabled.').waitFor();
  await page.getByRole('button', { name: 'Enable the account again' }).click();
  await dialog.getByRole('button', { name: 'Enable the account again' }).click();
  await page.getByText('The account is enabled.').waitFor();

  // Somebody is invited, and is not.
  await open('Invitations');
  const guest = newAddress();
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await dialog.getByLabel('E-mail address').fill(guest);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  await mailed(guest, CODE);
  await row(guest).getByRole('button', { name: 'Take back' }).click();
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await row(guest).getByText('Taken back').waitFor();

  // Another is, and accepts: with an account of their own, which needs a second factor.
  const nurse = newAddress();
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await dialog.getByLabel('E-mail address').fill(nurse);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  const invited = await device(browser);
  await invited.goto('/sign-in');
  await invited.getByRole('link', { name: 'I was invited to work here' }).click();
  await invited.getByLabel('Code from the mail').fill('AAAAA-AAAAA');
  await invited.getByLabel('Number of the invitation').fill(await mailed(nurse, INVITATION));
  await invited.getByLabel('Your name').fill(`Nurse ${IMAGE}`);
  await invited.getByLabel('Password').fill(PASSWORD);
  await invited.getByRole('button', { name: 'Accept the invitation' }).click();
  await invited.getByText('The invitation or its code is wrong').waitFor();
  await invited.getByLabel('Code from the mail').fill(await mailed(nurse, CODE));
  await invited.getByRole('button', { name: 'Accept the invitation' }).click();
  await invited.getByText('Your account is open').waitFor();
  assert.equal(new URL(invited.url()).pathname, '/invitation');
  await invited.getByRole('link', { name: 'Sign in' }).click();
  await signIn(invited, { email: nurse, password: PASSWORD });
  await invited.getByRole('heading', { name: 'One more step before you start' }).waitFor();
  await page.reload();
  await row(nurse).getByText('Accepted').waitFor();

  // So does a patient, with the account that they have.
  const other = await device(browser);
  const asha = await registerPatient(other);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await dialog.getByLabel('E-mail address').fill(asha.email);
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  const number = await mailed(asha.email, INVITATION);
  await other.goto(`/invitation/${number}`);
  await other.getByRole('link', { name: 'You are signed in' }).click();
  await other.getByLabel('Code from the mail').fill(await mailed(asha.email, CODE));
  await other.getByLabel('Your name').fill('Asha Rao');
  await other.getByRole('button', { name: 'Accept the invitation' }).click();
  await other.getByText('this account has the new role').waitFor();
  await other.getByRole('link', { name: 'Set up a second factor' }).waitFor();

  // The new doctor's hours: a week, a day that differs, and leave.
  await open('Doctors');
  await row(applicant).getByRole('link', { name: 'Hours' }).click();
  await page.getByRole('button', { name: 'Change weekly hours' }).first().click();
  await page.getByRole('button', { name: 'Add hours: Monday' }).click();
  await page.getByRole('button', { name: 'Copy to Tuesday to Friday' }).click();
  await page.getByRole('button', { name: 'Save weekly hours' }).click();
  await page.getByText('The weekly hours are saved.').waitFor();
  await page.getByRole('button', { name: 'Change a single day' }).click();
  await dialog.getByLabel(/^Day/).fill(later);
  await dialog.getByRole('button', { name: 'Save the day' }).click();
  await page.getByText('The day is saved.').waitFor();
  await page.getByRole('button', { name: 'Add leave' }).click();
  await dialog.getByLabel('First day').fill(later);
  await dialog.getByLabel('Last day').fill(later);
  await dialog.getByRole('button', { name: 'Save leave' }).click();
  await page.getByRole('button', { name: 'Withdraw leave' }).waitFor();

  // A patient reads all of it as it was typed.
  const patient = await device(browser);
  patient.on('dialog', (shown) => assert.fail(`a script ran: ${shown.message()}`));
  await registerPatient(patient, newAddress(), `Asha ${FORMULA}`);
  await patient.goto('/privacy/give');
  await patient.getByRole('combobox', { name: 'Hospital' }).selectOption({ index: 1 });
  await patient.getByRole('combobox', { name: 'Doctor' }).selectOption({ label: applicant });
  await patient.goto('/book');
  await patient.getByRole('main').getByText(applicant).first().waitFor();
});
