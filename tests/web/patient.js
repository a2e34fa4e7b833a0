// A patient registers, books, moves, cancels, waits for a place, says who they are; in three
// languages, and offline.
import assert from 'node:assert/strict';
import { choose, press, tick, write } from './hands.js';
import { device, registerPatient, withBrowser } from './stage.js';

/** The texts of the buttons that each stand for a free slot. */
const slots = (page) => page.getByRole('main').getByRole('button', { name: /\d:\d\d/ });

await withBrowser(async (browser) => {
  const page = await device(browser);
  await registerPatient(page);
  await page.getByText('You have no visits ahead.').waitFor();

  // Book the first slot, and see it at home at once.
  await press(page.getByRole('link', { name: 'Book a visit' }));
  const first = slots(page).first();
  await first.waitFor();
  const when = await first.getAttribute('aria-label');
  await press(first);
  await write(page.getByLabel('What do you come for?'), 'A cough <script>alert(1)</script>');
  await press(page.getByRole('button', { name: 'Book it' }));
  await page.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
  // What somebody typed is text, whatever it looks like.
  await page.getByText('A cough <script>alert(1)</script>').waitFor();
  assert.match(new URL(page.url()).pathname, /^\/visits\/[0-9a-f-]{36}$/);
  assert.equal(await page.title(), 'Visit · MediLink');
  await press(page.getByRole('link', { name: 'Home' }));
  await press(page.getByRole('link', { name: when }));

  // Move it.
  await press(page.getByRole('link', { name: 'Move it' }));
  await slots(page).nth(2).waitFor();
  const later = await slots(page).nth(2).getAttribute('aria-label');
  await press(slots(page).nth(2));
  await press(page.getByRole('button', { name: 'Move it here' }));
  await page.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
  await page.getByText(later, { exact: true }).waitFor();

  // The same in the other languages, dates too.
  await press(page.getByRole('link', { name: 'Account' }));
  await press(page.getByRole('button', { name: 'हिन्दी' }));
  await press(page.getByRole('link', { name: 'मुलाक़ातें' }));
  await page.getByRole('heading', { name: 'आपकी मुलाक़ातें' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'hi');
  await press(page.getByRole('link', { name: 'खाता' }));
  await press(page.getByRole('button', { name: 'ਪੰਜਾਬੀ' }));
  await press(page.getByRole('link', { name: 'ਮੁਲਾਕਾਤਾਂ' }));
  await page.getByRole('heading', { name: 'ਤੁਹਾਡੀਆਂ ਮੁਲਾਕਾਤਾਂ' }).waitFor();
  await press(page.getByRole('link', { name: 'ਖਾਤਾ' }));
  await press(page.getByRole('button', { name: 'English' }));

  // What is kept on the device is shown without a line, and brought up to date with one.
  await press(page.getByRole('link', { name: 'Visits' }));
  const card = page.getByRole('link', { name: later });
  await card.waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.getByText('You are offline.').waitFor();
  // A page that this Chromium loads now is told that there is a line, and finds out that there is none.
  await page.reload();
  await card.waitFor();
  const gone = page.getByText("MediLink can't be reached just now.").first();
  await gone.waitFor();
  await page.context().setOffline(false);
  await gone.waitFor({ state: 'detached' });
  await page.getByText('You are offline.').waitFor({ state: 'detached' });
  // In the clear there is nothing of theirs on the device.
  const clear = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.doesNotMatch(clear, /Asha|example\.org|cough/);

  // Cancel it.
  await press(card);
  await press(page.getByRole('button', { name: 'Cancel the visit' }));
  const dialog = page.getByRole('dialog');
  await press(dialog.getByRole('button', { name: 'Cancel the visit' }));
  await page.getByText('The visit is cancelled.').waitFor();
  await page.getByText('Cancelled', { exact: true }).waitFor();

  // Wait for a place instead, and no more.
  await press(page.getByRole('link', { name: 'Home' }));
  await page.getByText('You have no visits ahead.').waitFor();
  await page.goto('/waitlist');
  await press(page.getByLabel('Where'));
  await press(page.getByRole('option').first());
  await press(page.getByRole('button', { name: 'Wait', exact: true }));
  await page.getByText('You are on the waitlist.').waitFor();
  await press(page.getByRole('button', { name: 'Wait no more' }));
  await press(dialog.getByRole('button', { name: 'Wait no more' }));
  await page.getByText('You are not waiting for anything.').waitFor();

  // Say who one is, and when to be reminded; what is half said is asked for.
  await press(page.getByRole('link', { name: 'Account' }));
  await press(page.getByRole('link', { name: 'Your profile and reminders' }));
  await choose(page.getByLabel('How you are reminded'), 'At times that I choose');
  await tick(page.getByRole('checkbox', { name: '1 week' }));
  await tick(page.getByRole('checkbox', { name: '1 hour' }), false);
  await write(page.getByLabel('City or village'), 'Ludhiana');
  await press(page.getByRole('button', { name: 'Save the reminders' }));
  await page.getByText('The reminders are saved.').waitFor();
  await press(page.getByRole('button', { name: 'Save the profile' }));
  await page.getByText('Please fill this in.').waitFor();
  await write(page.getByLabel('House and street'), '12 Mall Road <b>x</b>\nNear the tank');
  await write(page.getByLabel('Their name'), 'Bina Rao');
  await write(page.getByLabel('Their telephone'), '+91 98123 45678');
  await tick(page.getByRole('checkbox', { name: 'Wheelchair' }));
  await press(page.getByRole('button', { name: 'Save the profile' }));
  await page.getByText('The profile is saved.').waitFor();
  await page.reload();
  await page.getByLabel('How you are reminded').waitFor();
  assert.equal(await page.getByRole('checkbox', { name: '1 week' }).isChecked(), true);
  assert.equal(await page.getByRole('checkbox', { name: '1 hour' }).isChecked(), false);
  assert.equal(await page.getByRole('checkbox', { name: 'Wheelchair' }).isChecked(), true);
  const lines = await page.getByLabel('House and street').inputValue();
  assert.equal(lines, '12 Mall Road <b>x</b>\nNear the tank');
  await choose(page.getByLabel('How you are reminded'), 'Not at all');
  await press(page.getByRole('button', { name: 'Save the reminders' }));
  await page.getByText('The reminders are saved.').waitFor();

  // Signed out, nothing of it is left.
  await press(page.getByRole('link', { name: 'Account' }));
  await press(page.getByRole('button', { name: 'Sign out' }));
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto('/visits');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('to'), '/visits');
});
