// No page breaks WCAG 2.2 AA, as far as axe can tell, in any of the colours; and all is reached
// by keyboard alone.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { device, newAddress, PASSWORD, registerPatient, withBrowser } from './stage.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const COLOURS = ['light', 'dark', 'contrast'];
const OUTSIDE = ['/sign-in', '/register', '/recover'];
const INSIDE = ['/', '/visits', '/book', '/waitlist', '/account', '/nothing-here'];

/** What axe finds on a page as it is now. */
async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags }),
    TAGS,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

async function look(page, paths) {
  const found = [];
  for (const colours of COLOURS) {
    await page.evaluate((scheme) => localStorage.setItem('medilink.scheme', scheme), colours);
    for (const path of paths) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      for (const text of await violations(page)) found.push(`${path} (${colours}): ${text}`);
    }
  }
  assert.deepEqual(found, []);
}

await withBrowser(async (browser) => {
  const page = await device(browser);
  await page.goto('/sign-in');
  await look(page, OUTSIDE);
  await registerPatient(page);
  // Live changes keep a line open, so the network is never idle with them.
  await page.route('**/v1/me/changes*', (route) => route.abort());
  await look(page, INSIDE);

  // By keyboard alone: in, to a free slot, and booked.
  const keys = await device(browser, { viewport: { width: 1280, height: 800 } });
  const asha = await registerPatient(keys, newAddress(), 'Gurleen Kaur');
  assert.equal(asha.password, PASSWORD);
  const reach = async (locator) => {
    for (let tries = 0; tries < 60; tries += 1) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await keys.keyboard.press('Tab');
    }
    assert.fail(`${locator} is not reached by keyboard`);
  };
  await keys.goto('/');
  await keys.getByText('You have no visits ahead.').waitFor();
  await reach(keys.getByRole('link', { name: 'Book a visit' }));
  await keys.keyboard.press('Enter');
  const slot = keys.getByRole('main').getByRole('button', { name: /\d:\d\d/ }).first();
  await slot.waitFor();
  await reach(slot);
  await keys.keyboard.press('Enter');
  const book = keys.getByRole('button', { name: 'Book it' });
  await book.waitFor();
  await reach(book);
  await keys.keyboard.press('Enter');
  await keys.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
});
