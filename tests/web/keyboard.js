// One thing that each role does most, by keyboard alone.
import assert from 'node:assert/strict';
import { book, caller } from './http.js';
import {
  atDesk,
  newAddress,
  numberOf,
  registerPatient,
  signIn,
  slots,
  stage,
  withBrowser,
} from './stage.js';

/** Goes on from one thing to the next until this one is reached, which then can be seen to be. */
async function reach(page, locator) {
  await locator.waitFor();
  for (let tries = 0; tries < 80; tries += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${locator} is not reached by keyboard`);
}

async function press(page, locator, key = 'Enter') {
  await reach(page, locator);
  await page.keyboard.press(key);
}

/** Types into a field; in a list of choices, what is typed is chosen. */
async function type(page, locator, text) {
  await reach(page, locator);
  await page.keyboard.type(text);
}

await withBrowser(async (browser) => {
  const { desk, doctor } = stage.people;

  // A patient books the first free slot.
  const patient = await atDesk(browser);
  const asha = await registerPatient(patient, newAddress(), 'Gurleen Kaur');
  await press(patient, patient.getByRole('link', { name: 'Book a visit' }));
  await press(patient, slots(patient).first());
  await press(patient, patient.getByRole('button', { name: 'Book it' }));
  await patient.getByRole('heading', { name: 'Visit', exact: true }).waitFor();

  // And gives a consent.
  await press(patient, patient.getByRole('link', { name: 'Privacy' }));
  await press(patient, patient.getByRole('link', { name: 'Let somebody see my records' }));
  await type(patient, patient.getByRole('combobox', { name: 'Hospital' }), 'City');
  await type(patient, patient.getByRole('combobox', { name: 'Doctor' }), 'Gurpreet');
  const next = patient.getByRole('button', { name: 'Next' });
  await press(patient, next);
  await patient.getByRole('group', { name: 'Which records' }).waitFor();
  await press(patient, next);
  await patient.getByLabel('Allowed until the end of').waitFor();
  await press(patient, next);
  await press(patient, patient.getByRole('button', { name: 'Give this consent' }));
  await patient.getByText('In force').waitFor();

  // The front desk checks in who comes.
  const front = await atDesk(browser);
  await book(await caller(asha));
  await signIn(front, desk);
  await press(front, front.getByRole('button', { name: 'Check in' }).first());
  await front.getByText(/Checked in under number/).waitFor();

  // A doctor opens a record in an emergency.
  const other = await atDesk(browser);
  await registerPatient(other);
  const number = await numberOf(other);
  const care = await atDesk(browser);
  await signIn(care, doctor);
  await press(care, care.getByRole('link', { name: 'Patients' }));
  await type(care, care.getByLabel('Patient number'), number);
  await care.keyboard.press('Enter');
  await press(care, care.getByRole('button', { name: 'Open in an emergency' }));
  const glass = care.getByRole('dialog', { name: 'Open this record in an emergency' });
  await type(care, glass.getByLabel('Why'), 'A life');
  await type(care, glass.getByLabel('In your words'), 'Unconscious on arrival');
  await press(care, glass.getByRole('button', { name: 'Open in an emergency' }));
  const proof = care.getByRole('dialog', { name: 'Show that it is you' });
  await press(care, proof.getByRole('button', { name: 'Use a backup code' }));
  await type(care, proof.getByRole('textbox', { name: 'Code' }), doctor.codes.shift());
  await care.keyboard.press('Enter');
  await press(care, care.getByRole('button', { name: 'Close the record' }));
  await press(care, care.getByRole('dialog').getByRole('button', { name: 'Close the record' }));
  await care.getByText('The record is closed.').waitFor();
});
