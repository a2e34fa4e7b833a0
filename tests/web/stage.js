import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { press, write } from './hands.js';
import { lines, watch } from './lines.js';

/** Where the platform is, and who is there: see stage.rs. */
export const stage = JSON.parse(process.env.MEDILINK_STAGE ?? '{}');

/** How long a page may take on a busy machine, in ms. */
const PATIENCE = 20_000;

/** Longer than a page that waits for a decision lets pass before it looks by itself, in ms. */
export const LOOKS_AGAIN = 45_000;

/** How long a flow may take on a busy machine, in ms: less than whoever plays it waits for it. */
const FLOW = 420_000;

/** Faults that the browser itself noticed: a flow that meets any has failed. */
const faults = [];

/** A browser, closed when the flow has ended however it did. */
export async function withBrowser(flow) {
  const browser = await chromium.launch({
    executablePath: process.env.MEDILINK_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  // Who is stopped from outside can't say where they were.
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error('the flow takes too long')), FLOW).unref();
  });
  try {
    await Promise.race([flow(browser), late]);
    if (faults.length > 0) throw new Error('the browser found fault');
  } catch (error) {
    for (const page of browser.contexts().flatMap((context) => context.pages())) {
      const text = await page.locator('body').innerText().catch(String);
      console.error(`--- ${page.url()}\n${text}\n${lines(page)}---`);
    }
    if (faults.length > 0) console.error(`the browser found fault:\n${faults.join('\n')}`);
    throw error;
  } finally {
    await browser.close();
  }
}

/** A device of its own: its own storage, its own session. */
export async function device(browser, options = {}) {
  const context = await browser.newContext({
    baseURL: stage.url,
    viewport: { width: 360, height: 740 },
    locale: 'en-IN',
    ...options,
  });
  watch(context);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // What the policy for content refuses is said here, and nowhere else.
    if (/Content Security Policy|hydrat|Warning:/.test(message.text())) faults.push(message.text());
  });
  return page;
}

/** The newest mail to an address, once there is one that `wanted` finds something in. */
export async function mailed(to, wanted) {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const names = (await readdir(stage.mail)).filter((name) => name.endsWith('.eml'));
    const mails = await Promise.all(
      names.map(async (name) => {
        const path = join(stage.mail, name);
        return { at: (await stat(path)).mtimeMs, text: await readFile(path, 'utf8') };
      }),
    );
    for (const { text } of mails.sort((one, other) => other.at - one.at)) {
      const found = text.includes(to) && text.match(wanted);
      if (found) return found[1] ?? found[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${to} has ${wanted}`);
}

/** The code of a registration or recovery. */
export const CODE = /\b([0-9A-Z]{5}-[0-9A-Z]{5})\b/;

let count = 0;

/** An address that nobody has used. */
export function newAddress() {
  count += 1;
  return `person${count}.${Date.now()}@example.org`;
}

export const PASSWORD = 'a quiet brown river runs';

/** Registers a patient through the pages, and signs in. */
export async function registerPatient(page, email = newAddress(), name = 'Asha Rao') {
  await page.goto('/register');
  await press(page.getByRole('button', { name: 'I am a patient' }));
  await write(page.getByLabel('Your e-mail address'), email);
  await press(page.getByRole('button', { name: 'Send the code' }));
  await write(page.getByLabel('Code from the mail'), await mailed(email, CODE));
  await write(page.getByLabel('Your name'), name);
  await write(page.getByLabel('Telephone'), '+91 98765 43210');
  await write(page.getByLabel('Date of birth'), '1990-04-12');
  await write(page.getByLabel('Password'), PASSWORD);
  await press(page.getByRole('button', { name: 'Register', exact: true }));
  await press(page.getByRole('link', { name: 'Continue' }));
  await signIn(page, { email, password: PASSWORD });
  return { email, password: PASSWORD, name };
}

/** Signs in through the page, with a backup code where a second factor is asked for. */
export async function signIn(page, { email, password, codes }) {
  await page.goto('/sign-in');
  await write(page.getByLabel('E-mail address'), email);
  await write(page.getByLabel('Password'), password);
  await press(page.getByRole('button', { name: 'Sign in', exact: true }));
  if (codes !== undefined) {
    await press(page.getByRole('button', { name: 'Use a backup code' }));
    await write(page.getByRole('textbox', { name: 'Code' }), codes.shift());
    await press(page.getByRole('button', { name: 'Continue' }));
  }
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor();
  // Where they are led to begins at its heading, which takes the focus from what has it.
  await page.locator('#main h1:focus').waitFor();
}

/** A screen at which somebody works. */
export function atDesk(browser) {
  return device(browser, { viewport: { width: 1440, height: 900 } });
}

/** The buttons that each stand for a free slot. */
export const slots = (page) => page.getByRole('main').getByRole('button', { name: /\d:\d\d/ });

/** Books the first free slot for a patient who is signed in; when it is. */
export async function bookFirst(page, reason) {
  await page.goto('/book');
  const first = slots(page).first();
  await first.waitFor();
  const when = await first.getAttribute('aria-label');
  await press(first);
  await write(page.getByLabel('What do you come for?'), reason);
  await press(page.getByRole('button', { name: 'Book it' }));
  await page.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
  return when;
}

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The number by which others find a patient, as their privacy page shows it. */
export async function numberOf(page) {
  await press(page.getByRole('link', { name: 'Privacy' }));
  const shown = await page.getByText(/^Patient number/).innerText();
  return shown.match(ID)[0];
}

/** Shows again who one is, with a backup code, in the dialog that asks for it. */
export async function prove(page, { codes }) {
  const dialog = page.getByRole('dialog', { name: 'Show that it is you' });
  await press(dialog.getByRole('button', { name: 'Use a backup code' }));
  await write(dialog.getByRole('textbox', { name: 'Code' }), codes.shift());
  await press(dialog.getByRole('button', { name: 'Continue' }));
  await dialog.waitFor({ state: 'detached' });
}

/** The same, for who has a password alone. */
export async function proveByPassword(page, password) {
  const dialog = page.getByRole('dialog', { name: 'Show that it is you' });
  // What is asked for has the focus.
  await dialog.locator('input:focus').waitFor();
  await write(dialog.getByLabel('Password'), password);
  await press(dialog.getByRole('button', { name: 'Continue' }));
  await dialog.waitFor({ state: 'detached' });
}
