// A manager runs a hospital through its pages; what people type is text on each of them, whatever
// it looks like.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { choose, press, tick, write } from './hands.js';
import {
  atDesk,
  CODE,
  device,
  LOOKS_AGAIN,
  mailed,
  newAddress,
  PASSWORD,
  prove,
  proveByPassword,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

const run = promisify(execFile);
const { manager: kiran } = stage.people;
const IMAGE = '<img src=x onerror=alert(1)>';
const SCRIPT = '"><script>alert(1)</script>';
/** What a page, a program for tables, a template or a database could take for more than text. */
const STORED = [
  '</script><script>alert(1)</script>',
  '<svg/onload=alert(1)>',
  'javascript:alert(1)',
  '@SUM(1+1)*cmd|calc',
  '{{constructor.constructor("alert(1)")()}}',
  "'; DROP TABLE log.events; --",
];
const FORMULA = '=HYPERLINK("http://x","y")';

/** That a copy has the formula as text: as a string of JSON, and as it is printed. */
async function assertTextIn(zip) {
  const folder = await mkdtemp(join(tmpdir(), 'medilink-copy-'));
  await run('python3', ['-m', 'zipfile', '-e', zip, folder]);
  const names = await readdir(folder, { recursive: true });
  const read = async (name) => {
    if (!name.endsWith('.pdf')) return readFile(join(folder, name), 'utf8');
    return (await run('pdftotext', [join(folder, name), '-'])).stdout;
  };
  const having = [];
  for (const name of names.filter((each) => /\.(json|ndjson|pdf)$/.test(each))) {
    const text = await read(name);
    const shown = name.endsWith('.pdf') ? FORMULA : JSON.stringify(FORMULA).slice(1, -1);
    if (text.includes(shown)) having.push(name.split('.').pop());
  }
  assert(having.includes('pdf') && having.includes('json'), `${names}: ${having} have it`);
  // Nothing in it is a table, which programs for tables would take formulas from.
  assert(!names.some((name) => /\.(csv|tsv|xlsx?|ods|html?)$/.test(name)), `${names}`);
  await rm(folder, { recursive: true });
}

await withBrowser(async (browser) => {
  const page = await atDesk(browser);
  page.on('dialog', (dialog) => assert.fail(`a script ran: ${dialog.message()}`));
  await signIn(page, kiran);
  const open = async (name) => {
    await press(page.getByRole('link', { name: 'Hospital', exact: true }));
    await press(page.getByRole('main').getByRole('link', { name, exact: true }));
  };
  const dialog = page.getByRole('dialog');
  const row = (name) => page.getByRole('row').filter({ hasText: name });

  // Who presses a link while they are being led on along a slow line gets there all the same.
  const slow = await device(browser, { serviceWorkers: 'block' });
  await slow.route('**/assets/LandingPage*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  await signIn(slow, kiran);
  await slow.goto('/hospital');
  await press(slow.getByRole('link', { name: 'Hospital', exact: true }));
  await slow.getByRole('main').getByRole('link', { name: 'Doctors', exact: true }).waitFor();
  await slow.context().close();

  // A department, a room, a holiday.
  await open('Departments, rooms, holidays');
  await press(page.getByRole('button', { name: 'Add a department' }));
  await write(dialog.getByLabel('Name'), IMAGE);
  await write(dialog.getByLabel('What it treats'), FORMULA);
  await press(dialog.getByRole('button', { name: 'Add', exact: true }));
  await row(IMAGE).getByText(FORMULA).waitFor();
  await press(page.getByRole('button', { name: 'Add a room or a device' }));
  await write(dialog.getByLabel('Name'), SCRIPT);
  await write(dialog.getByLabel('Kind'), 'ultrasound');
  await press(dialog.getByRole('button', { name: 'Add', exact: true }));
  await row(SCRIPT).getByText('ultrasound').waitFor();
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const later = day(40);
  for (const [number, text] of [FORMULA, ...STORED].entries()) {
    await press(page.getByRole('button', { name: 'Declare a holiday' }));
    await write(dialog.getByLabel('Day'), day(40 + number));
    await write(dialog.getByLabel('What is celebrated'), text);
    await press(dialog.getByRole('button', { name: 'Add', exact: true }));
    await row(text).getByRole('button', { name: 'Withdraw' }).waitFor();
  }

  // A visit type that needs the room.
  await open('Visit types');
  await press(page.getByRole('button', { name: 'Add a visit type' }));
  await write(dialog.getByLabel('Name'), IMAGE);
  await tick(dialog.getByRole('checkbox', { name: 'ultrasound' }));
  await press(dialog.getByRole('button', { name: 'Save' }));
  await row(IMAGE).getByText('ultrasound').waitFor();

  // The rules for bookings.
  await open('Rules for bookings');
  await write(page.getByLabel('Most visits to come of one patient'), '7');
  await press(page.getByRole('button', { name: 'Save the rules' }));
  await page.getByText('The rules are saved.').waitFor();
  await page.reload();
  await page.waitForFunction(() => document.querySelector('input[name="open"]')?.value === '7');

  // A code: issued, replaced; the old one is of no use, the new one brings an application.
  await open('Hospital codes');
  await press(page.getByRole('button', { name: 'Issue a code' }));
  await press(dialog.getByRole('button', { name: 'Issue a code' }));
  const old = await dialog.locator('output').innerText();
  await press(dialog.getByRole('button', { name: 'I have it' }));
  await press(row('Works').last().getByRole('button', { name: 'Replace' }));
  await press(dialog.getByRole('button', { name: 'Replace' }));
  const code = await dialog.locator('output').innerText();
  await press(dialog.getByRole('button', { name: 'I have it' }));
  assert.notEqual(code, old);

  const email = newAddress();
  const provider = await device(browser);
  await provider.goto('/register');
  await press(provider.getByRole('button', { name: 'I work at a hospital' }));
  await write(provider.getByLabel('Your e-mail address'), email);
  await press(provider.getByRole('button', { name: 'Send the code' }));
  await write(provider.getByLabel('Code from the mail'), await mailed(email, CODE));
  await write(provider.getByLabel('Your name'), `Dr ${SCRIPT}`);
  await write(provider.getByLabel('Registration number'), 'PMC-4711');
  await write(provider.getByLabel('Password'), PASSWORD);
  await write(provider.getByLabel('Hospital code'), old);
  await press(provider.getByRole('button', { name: 'Register', exact: true }));
  await provider.getByText("The hospital code can't be used.").waitFor();
  await write(provider.getByLabel('Hospital code'), code);
  await press(provider.getByRole('button', { name: 'Register', exact: true }));
  await provider.getByText('Your application is with the hospital.').waitFor();
  await press(provider.getByRole('link', { name: 'Continue' }));
  await signIn(provider, { email, password: PASSWORD });
  await provider.getByText('A manager looks at your papers and decides.').waitFor();

  // The manager looks at the papers, and takes them on.
  await open('Applications');
  const applicant = `Dr ${SCRIPT}`;
  await press(page.getByRole('button', { name: `Approve ${applicant}` }));
  await choose(dialog.getByLabel('Department'), IMAGE);
  await press(dialog.getByRole('button', { name: 'Approve', exact: true }));
  await page.getByText('Approved.').waitFor();
  await provider.getByText('You are taken on.').waitFor({ timeout: LOOKS_AGAIN });
  await provider.context().close();
  await open('Doctors');
  await row(applicant).getByText(IMAGE).waitFor();

  // A code that is revoked takes nobody any more.
  await open('Hospital codes');
  await press(page.getByRole('button', { name: 'Issue a code' }));
  await press(dialog.getByRole('button', { name: 'Issue a code' }));
  await press(dialog.getByRole('button', { name: 'I have it' }));
  await press(row('0 of 1').last().getByRole('button', { name: 'Revoke' }));
  await press(dialog.getByRole('button', { name: 'Revoke' }));
  await row('Revoked').first().waitFor();

  // A role and a permission, given and taken; the account shut and opened.
  await open('Staff');
  await press(page.getByRole('link', { name: applicant }));
  await press(page.getByRole('button', { name: 'Give a role' }));
  await choose(dialog.getByLabel('Role'), 'Nurse');
  await press(dialog.getByRole('button', { name: 'Give a role' }));
  await prove(page, kiran);
  await page.getByText('The role is given.').waitFor();
  await press(page.getByRole('button', { name: 'Take away: Nurse' }));
  await choose(dialog.getByLabel('Why'), 'Given by mistake');
  await press(dialog.getByRole('button', { name: 'Take away' }));
  await page.getByRole('button', { name: 'Take away: Nurse' }).waitFor({ state: 'detached' });
  await press(page.getByRole('button', { name: 'Give a permission' }));
  await choose(dialog.getByLabel('Permission'), 'See figures');
  await press(dialog.getByRole('button', { name: 'Give a permission' }));
  await press(page.getByRole('button', { name: 'Take away: See figures' }));
  await choose(dialog.getByLabel('Why'), 'Given by mistake');
  await press(dialog.getByRole('button', { name: 'Take away' }));
  await page.getByText('Nothing beyond what the roles allow.').waitFor();
  await press(page.getByRole('button', { name: 'Disable the account' }));
  await choose(dialog.getByLabel('Why'), 'The account was misused');
  await press(dialog.getByRole('button', { name: 'Disable the account' }));
  await page.getByText('The account is disabled.').waitFor();
  await press(page.getByRole('button', { name: 'Enable the account again' }));
  await press(dialog.getByRole('button', { name: 'Enable the account again' }));
  await page.getByText('The account is enabled.').waitFor();

  // The new doctor's hours: a week, a day that differs, and leave.
  await open('Doctors');
  await press(row(applicant).getByRole('link', { name: 'Hours' }));
  await press(page.getByRole('button', { name: 'Change weekly hours' }).first());
  await press(page.getByRole('button', { name: 'Add hours: Monday' }));
  await press(page.getByRole('button', { name: 'Copy to Tuesday to Friday' }));
  await press(page.getByRole('button', { name: 'Save weekly hours' }));
  await page.getByText('The weekly hours are saved.').waitFor();
  await press(page.getByRole('button', { name: 'Change a single day' }));
  await write(dialog.getByLabel(/^Day/), later);
  await press(dialog.getByRole('button', { name: 'Save the day' }));
  await page.getByText('The day is saved.').waitFor();
  await press(page.getByRole('button', { name: 'Add leave' }));
  await write(dialog.getByLabel('First day'), later);
  await write(dialog.getByLabel('Last day'), later);
  await press(dialog.getByRole('button', { name: 'Save leave' }));
  await page.getByRole('button', { name: 'Withdraw leave' }).waitFor();

  // A patient reads all of it as it was typed.
  const patient = await device(browser);
  patient.on('dialog', (shown) => assert.fail(`a script ran: ${shown.message()}`));
  await registerPatient(patient, newAddress(), `Asha ${FORMULA}`);
  await patient.goto('/privacy/give');
  await choose(patient.getByRole('combobox', { name: 'Hospital' }), 'City Hospital');
  await choose(patient.getByRole('combobox', { name: 'Doctor' }), applicant);
  await patient.goto('/book');
  await patient.getByRole('main').getByText(applicant).first().waitFor();

  // And takes their own part of it away: no program that opens the copy finds a formula in it.
  await patient.goto('/privacy/export');
  await press(patient.getByRole('button', { name: 'Ask for a copy' }));
  const fetch = patient.getByRole('button', { name: 'Fetch the copy' });
  await fetch.waitFor({ timeout: 60_000 });
  const downloaded = patient.waitForEvent('download', { timeout: 60_000 });
  await press(fetch);
  await proveByPassword(patient, PASSWORD);
  await assertTextIn(await (await downloaded).path());
});
