// A patient registers, books, moves, cancels, waits for a place, says who they are; in three
// languages, and offline.
import assert from 'node:assert/strict';
import { device, registerPatient, withBrowser } from './stage.js';

/** The texts of the buttons that each stand for a free slot. */
const slots = (page) => page.getByRole('main').getByRole('button', { name: /\d:\d\d/ });

await withBrowser(async (browser) => {
  const page = await device(browser);
  await registerPatient(page);
  await page.getByText('You have no visits ahead.').waitFor();

  // Book the first slot, and see it at home at once.
  await page.getByRole('link', { name: 'Book a visit' }).click();
  const first = slots(page).first();
  await first.waitFor();
  const when = await first.innerText();
  await first.click();
  await page.getByLabel('What do you come for?').fill('A cough <script>alert(1)</script>');
  await page.getByRole('button', { name: 'Book it' }).click();
  await page.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
  // What somebody typed is text, whatever it looks like.
  await page.getByText('A cough <script>alert(1)</script>').waitFor();
  assert.match(new URL(page.url()).pathname, /^\/visits\/[0-9a-f-]{36}$/);
  assert.equal(await page.title(), 'Visit · MediLink');
  await page.getByRole('link', { name: 'Home' }).click();
  await page.getByRole('link', { name: when }).click();

  // Move it.
  await page.getByRole('link', { name: 'Move it' }).click();
  await slots(page).nth(2).waitFor();
  const later = await slots(page).nth(2).innerText();
  await slots(page).nth(2).click();
  await page.getByRole('button', { name: 'Move it here' }).click();
  await page.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
  await page.getByText(later, { exact: true }).waitFor();

  // The same in the other languages, dates too.
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'हिन्दी' }).click();
  await page.getByRole('link', { name: 'मुलाक़ातें' }).click();
  await page.getByRole('heading', { name: 'आपकी मुलाक़ातें' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'hi');
  await page.getByRole('link', { name: 'खाता' }).click();
  await page.getByRole('button', { name: 'ਪੰਜਾਬੀ' }).click();
  await page.getByRole('link', { name: 'ਮੁਲਾਕਾਤਾਂ' }).click();
  await page.getByRole('heading', { name: 'ਤੁਹਾਡੀਆਂ ਮੁਲਾਕਾਤਾਂ' }).waitFor();
  await page.getByRole('link', { name: 'ਖਾਤਾ' }).click();
  await page.getByRole('button', { name: 'English' }).click();

  // What is kept on the device is shown without a line, and brought up to date with one.
  await page.getByRole('link', { name: 'Visits' }).click();
  const card = page.getByRole('link', { name: later });
  await card.waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText('You are offline.').waitFor();
  await card.waitFor();
  await page.context().setOffline(false);
  await page.getByText('You are offline.').waitFor({ state: 'detached' });
  // In the clear there is nothing of theirs on the device.
  const clear = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.doesNotMatch(clear, /Asha|example\.org|cough/);

  // Cancel it.
  await card.click();
  await page.getByRole('button', { name: 'Cancel the visit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Cancel the visit' }).click();
  await page.getByText('The visit is cancelled.').waitFor();
  await page.getByText('Cancelled', { exact: true }).waitFor();

  // Wait for a place instead, and no more.
  await page.getByRole('link', { name: 'Home' }).click();
  await page.getByText('You have no visits ahead.').waitFor();
  await page.goto('/waitlist');
  await page.getByLabel('Where').click();
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: 'Wait', exact: true }).click();
  await page.getByText('You are on the waitlist.').waitFor();
  await page.getByRole('button', { name: 'Wait no more' }).click();
  await dialog.getByRole('button', { name: 'Wait no more' }).click();
  await page.getByText('You are not waiting for anything.').waitFor();

  // Say who one is, and when to be reminded; what is half said is asked for.
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('link', { name: 'Your profile and reminders' }).click();
  await page.getByLabel('How you are reminded').selectOption('At times that I choose');
  await page.getByRole('checkbox', { name: '1 week' }).check();
  await page.getByRole('checkbox', { name: '1 hour' }).uncheck();
  await page.getByLabel('City or village').fill('Ludhiana');
  await page.getByRole('button', { name: 'Save the reminders' }).click();
  await page.getByText('The reminders are saved.').waitFor();
  await page.getByRole('button', { name: 'Save the profile' }).click();
  await page.getByText('Please fill this in.').waitFor();
  await page.getByLabel('House and street').fill('12 Mall Road <b>x</b>\nNear the tank');
  await page.getByLabel('Their name').fill('Bina Rao');
  await page.getByLabel('Their telephone').fill('+91 98123 45678');
  await page.getByRole('checkbox', { name: 'Wheelchair' }).check();
  await page.getByRole('button', { name: 'Save the profile' }).click();
  await page.getByText('The profile is saved.').waitFor();
  await page.reload();
  await page.getByLabel('How you are reminded').waitFor();
  assert.equal(await page.getByRole('checkbox', { name: '1 week' }).isChecked(), true);
  assert.equal(await page.getByRole('checkbox', { name: '1 hour' }).isChecked(), false);
  assert.equal(await page.getByRole('checkbox', { name: 'Wheelchair' }).isChecked(), true);
  const lines = await page.getByLabel('House and street').inputValue();
  assert.equal(lines, '12 Mall Road <b>x</b>\nNear the tank');
  await page.getByLabel('How you are reminded').selectOption('Not at all');
  await page.getByRole('button', { name: 'Save the reminders' }).click();
  await page.getByText('The reminders are saved.').waitFor();

  // Signed out, nothing of it is left.
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto('/visits');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('to'), '/visits');
});
