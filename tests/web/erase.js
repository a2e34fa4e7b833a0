// A patient asks to be erased: what it means is said first, what a law keeps and for how long is
// shown, and as long as nothing is erased they can change their mind.
import { press } from './hands.js';
import { device, registerPatient, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const page = await device(browser);
  await registerPatient(page);
  await press(page.getByRole('link', { name: 'Privacy' }));
  await press(page.getByRole('link', { name: 'Delete me' }));
  await page.getByRole('heading', { name: 'What this means' }).waitFor();
  await page.getByText('Some of it must be kept for a time because a law says so.').waitFor();
  await press(page.getByRole('button', { name: 'Delete me' }));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Delete me' }));
  await page.getByText('Keep this code').waitFor();
  await page.getByText('Waits', { exact: true }).first().waitFor();
  await page.getByText('Digital Personal Data Protection Rules, 2025').first().waitFor();
  await page.getByRole('heading', { name: 'What stays' }).waitFor();
  await press(page.getByRole('button', { name: 'Withdraw the request' }));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Withdraw the request' }));
  await page.getByText('The request is withdrawn.').waitFor();
  await page.getByRole('heading', { name: 'What this means' }).waitFor();
  await page.getByText('1 earlier request').waitFor();
});
