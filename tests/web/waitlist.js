// A freed slot finds who waits for it, and its visit runs to its end: at the desk, with the doctor,
// and as its patient sees it; who doesn't come is recorded.
import assert from 'node:assert/strict';
import { press, tick, write } from './hands.js';
import {
  atDesk,
  bookFirst,
  device,
  newAddress,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

const OPINION = '"><script>alert(1)</script> =HYPERLINK("http://x","y")';

await withBrowser(async (browser) => {
  // Somebody books the first slot and does not come; another books the next.
  const absent = await device(browser);
  await registerPatient(absent, newAddress(), 'Balwinder Singh');
  await bookFirst(absent, 'A sore throat');
  const first = await device(browser);
  await registerPatient(first, newAddress(), 'Gurleen Kaur');
  const when = await bookFirst(first, 'A headache');

  // Somebody waits for a place.
  const waiting = await device(browser);
  await registerPatient(waiting);
  await waiting.goto('/waitlist');
  await press(waiting.getByLabel('Where'));
  await press(waiting.getByRole('option', { name: 'Heart, City Hospital' }));
  await press(waiting.getByRole('button', { name: 'Wait', exact: true }));
  await waiting.getByText('You are on the waitlist.').waitFor();
  await press(waiting.getByRole('link', { name: 'Home' }));

  // The desk and the doctor have the day before them.
  const desk = await atDesk(browser);
  await signIn(desk, stage.people.desk);
  const doctor = await atDesk(browser);
  await signIn(doctor, stage.people.doctor);
  const row = (page, name) => page.getByRole('row').filter({ hasText: name });
  for (const page of [desk, doctor]) await row(page, 'Gurleen Kaur').getByText('To come').waitFor();

  // What becomes free is offered by itself, for a time that runs down.
  await press(first.getByRole('button', { name: 'Cancel the visit' }));
  await press(first.getByRole('dialog').getByRole('button', { name: 'Cancel the visit' }));
  await waiting.getByText('A place has become free for you').waitFor();
  await waiting.getByText(when).waitFor();
  const left = waiting.getByText(/^It is held for you for \d+:\d\d more\.$/);
  const before = await left.innerText();
  await waiting.getByText(before, { exact: true }).waitFor({ state: 'detached' });
  await press(waiting.getByRole('button', { name: 'Take it' }));
  await waiting.getByRole('heading', { name: 'Visit', exact: true }).waitFor();
  await waiting.getByText('Booked').waitFor();

  // It is on their pages by itself.
  for (const page of [desk, doctor]) await row(page, 'Asha Rao').getByText('To come').waitFor();

  // The desk checks the patient in, who sees their place at once.
  await press(row(desk, 'Asha Rao').getByRole('button', { name: 'Check in' }));
  await desk.getByText('Checked in under number 1.').waitFor();
  await waiting.getByText('Your number is 1.').waitFor();
  await waiting.getByText('You are next.').waitFor();

  // The doctor begins and completes the visit, which moves on the patient's page and the board.
  await press(doctor.getByRole('button', { name: 'Start' }));
  await row(doctor, 'With the doctor').waitFor();
  await waiting.getByText('Under way').waitFor();
  await row(desk, 'Asha Rao').getByText('With the doctor').waitFor();
  await press(doctor.getByRole('button', { name: 'Complete' }));
  await waiting.getByText('Completed').waitFor();

  // What the patient says of it is text, whatever it looks like.
  await tick(waiting.getByRole('radio', { name: /Good$/ }).first());
  await write(waiting.getByLabel('What was good, what was not'), OPINION);
  await press(waiting.getByRole('button', { name: 'Send', exact: true }));
  await waiting.getByText('Thank you.').waitFor();
  await waiting.getByText(OPINION).waitFor();

  // A link for the calendar, shown once.
  await press(waiting.getByRole('link', { name: 'Visits' }));
  await press(waiting.getByRole('button', { name: 'Make a link' }));
  const link = await waiting.getByRole('status').getByText(/^http/).innerText();
  const calendar = await (await fetch(link)).text();
  assert.match(calendar, /^BEGIN:VCALENDAR/);

  // Who has not come when their time has begun is recorded as missed.
  const missed = row(desk, 'Balwinder Singh').getByRole('button', { name: 'Did not come' });
  await missed.waitFor({ timeout: 190_000 });
  await press(missed);
  const dialog = desk.getByRole('dialog', { name: 'Did the patient not come?' });
  await press(dialog.getByRole('button', { name: 'Did not come' }));
  await desk.getByText('Recorded that the patient did not come.').waitFor();
  await absent.getByText('Missed').waitFor();
});
