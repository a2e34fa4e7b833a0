// The platform goes away and comes back: each page says so, and recovers by itself.
import assert from 'node:assert/strict';
import process from 'node:process';
import { press } from './hands.js';
import { device, registerPatient, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const page = await device(browser);
  await registerPatient(page);
  const gone = page.getByText("MediLink can't be reached just now.").first();

  // Slow: it says so, and goes on.
  let release = () => undefined;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route('**/v1/me/sessions', async (route) => {
    await held;
    await route.continue();
  });
  await press(page.getByRole('link', { name: 'Account' }));
  await page.getByText('This is taking longer than usual.').first().waitFor();
  release();
  await page.getByText('You are signed in nowhere else.').waitFor();
  await page.unrouteAll();

  // Broken: something in between answers for it.
  await page.route('**/v1/patients/*/waitlist*', (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  );
  await page.goto('/waitlist');
  await gone.waitFor();
  await page.unrouteAll();
  await page.getByText('You are not waiting for anything.').waitFor();
  await gone.waitFor({ state: 'detached' });

  // The application itself does not come, then the words of another language: the page stays as it
  // is until they do.
  const visitor = await device(browser, { serviceWorkers: 'block' });
  let opened = 0;
  visitor.on('domcontentloaded', () => {
    opened += 1;
  });
  await visitor.route('**/assets/core*', (route) => route.abort());
  await visitor.goto('/sign-in');
  await visitor.getByText('MediLink could not be loaded.').waitFor();
  assert.equal(opened, 2, 'it is tried again before anybody is troubled with it');
  await visitor.unrouteAll();
  await press(visitor.getByRole('button', { name: 'Try again' }));
  await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
  await visitor.route('**/pa/session.js*', (route) => route.abort());
  const punjabi = visitor.getByRole('button', { name: 'ਪੰਜਾਬੀ' });
  await press(punjabi);
  const missed = visitor.getByText("MediLink can't be reached just now.");
  await missed.waitFor();
  await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
  await visitor.unrouteAll();
  await press(punjabi);
  await visitor.locator('html[lang="pa"]').waitFor();
  await missed.waitFor({ state: 'detached' });
  await visitor.close();

  // Away: the process hangs and nobody answers, then it goes on.
  await page.goto('/visits');
  await page.getByText('You have no visits ahead.').waitFor();
  process.kill(stage.pids.gateway, 'SIGSTOP');
  await page.route('**/v1/**', (route) => route.abort());
  await press(page.getByRole('link', { name: 'Account' }));
  await gone.waitFor();
  process.kill(stage.pids.gateway, 'SIGCONT');
  await page.unrouteAll();
  await page.getByText('You are signed in nowhere else.').waitFor();
  await gone.waitFor({ state: 'detached' });
});
