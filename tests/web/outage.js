// The platform goes away and comes back: each page says so, and recovers by itself.
import process from 'node:process';
import { device, registerPatient, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const page = await device(browser);
  await registerPatient(page);
  const gone = page.getByText("MediLink can't be reached just now.").first();

  // Broken: a server that answers nonsense.
  await page.route('**/v1/patients/*/appointments*', (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  );
  await page.getByRole('link', { name: 'Account' }).click();
  await page.reload();
  await page.getByRole('link', { name: 'Visits' }).click();
  await page.unrouteAll();
  await page.getByText('You have no visits ahead.').waitFor();

  // Slow: it says so, and goes on.
  let release = () => undefined;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route('**/v1/me/sessions', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByText('This is taking longer than usual.').first().waitFor();
  release();
  await page.getByText('You are signed in nowhere else.').waitFor();
  await page.unrouteAll();

  // Away: the process is stopped, and goes on.
  process.kill(stage.pids.gateway, 'SIGSTOP');
  await page.route('**/v1/**', (route) => route.abort());
  await page.getByRole('link', { name: 'Visits' }).click();
  await page.reload().catch(() => undefined);
  process.kill(stage.pids.gateway, 'SIGCONT');
  await page.unrouteAll();
  await page.getByText('You have no visits ahead.').waitFor();
  await gone.waitFor({ state: 'detached' });
});
