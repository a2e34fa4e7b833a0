// Another release of the application is offered where one is open, and taken when its person says so.
import assert from 'node:assert/strict';
import { press } from './hands.js';
import { device, registerPatient, withBrowser } from './stage.js';

/** How a browser asks for a page. */
const AS_PAGE = { headers: { accept: 'text/html' } };
const MARK = 'meta[name="release"]';

await withBrowser(async (browser) => {
  const page = await device(browser);
  await registerPatient(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto('/visits');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  console.log('release');
  for (let tries = 0; ; tries += 1) {
    const answer = await page.request.get('/', AS_PAGE).catch(() => undefined);
    if (answer?.ok() && (await answer.text()).includes('name="release"')) break;
    assert.ok(tries < 200, 'the gateway comes back with the other release');
    await page.waitForTimeout(200);
  }
  // As the page does by itself every half hour.
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await page.getByText('A newer version of MediLink is ready.').waitFor();
  assert.equal(await page.locator(MARK).count(), 0, 'it takes nothing from under anybody');
  await press(page.getByRole('button', { name: 'Use it now' }));
  await page.locator(MARK).waitFor({ state: 'attached' });
  // The same page, with the same person signed in.
  assert.equal(new URL(page.url()).pathname, '/visits');
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor();
  await page.getByText('A newer version of MediLink is ready.').waitFor({ state: 'hidden' });
});
