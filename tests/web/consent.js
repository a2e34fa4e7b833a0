// A patient lets a doctor see their record and takes it back; what a doctor asks for is given in
// part or refused; and the patient sees each look.
import assert from 'node:assert/strict';
import { choose, press, tick, write } from './hands.js';
import {
  atDesk,
  bookFirst,
  device,
  numberOf,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

await withBrowser(async (browser) => {
  const patient = await device(browser);
  await registerPatient(patient);
  await bookFirst(patient, 'A cough at night');
  const number = await numberOf(patient);

  // Without consent there is nothing for the doctor, and the page says what can be done.
  const doctor = await atDesk(browser);
  await signIn(doctor, stage.people.doctor);
  await press(doctor.getByRole('link', { name: 'Patients' }));
  await doctor.getByText("Nobody's consent is in force for you just now.").waitFor();
  await write(doctor.getByLabel('Patient number'), number);
  await press(doctor.getByRole('button', { name: 'Open' }));
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();

  // The patient gives it.
  await press(patient.getByRole('link', { name: 'Let somebody see my records' }));
  await choose(patient.getByRole('combobox', { name: 'Hospital' }), 'City Hospital');
  await choose(patient.getByRole('combobox', { name: 'Doctor' }), 'Gurpreet Singh');
  await press(patient.getByRole('button', { name: 'Next' }));
  await patient.getByRole('checkbox', { name: 'Visits and consultations' }).waitFor();
  await press(patient.getByRole('button', { name: 'Next' }));
  await patient.getByLabel('Allowed until the end of').waitFor();
  await press(patient.getByRole('button', { name: 'Next' }));
  await patient.getByText('For your care').waitFor();
  await press(patient.getByRole('button', { name: 'Give this consent' }));
  await patient.getByRole('button', { name: 'Take it back' }).waitFor();
  await patient.getByText('In force').waitFor();

  // The doctor sees the visit, and why that is allowed. What others let them see is not asked for.
  await press(doctor.getByRole('link', { name: 'Patients' }));
  await press(doctor.getByRole('link', { name: /^Patient …/ }));
  doctor.on('request', (request) => {
    if (request.url().includes('granted-consents')) assert.fail('all consents are asked for');
  });
  await doctor.getByText('Why you may see this').waitFor();
  await doctor.getByText(/The patient consented to you seeing this until .+: Visits/).waitFor();
  await doctor.getByRole('cell', { name: 'A cough at night' }).waitFor();

  // The patient reads that in plain words, with the consent under which it was.
  await press(patient.getByRole('link', { name: 'Privacy' }));
  await press(patient.getByRole('link', { name: 'Who saw my data' }));
  await patient
    .getByText('Gurpreet Singh, doctor, read your appointments for treatment, with your consent of')
    .first()
    .waitFor();
  await press(patient.getByRole('link', { name: 'See the consent' }).first());

  // Taken back, it shows the doctor nothing any more: not even on the page that is open.
  await press(patient.getByRole('button', { name: 'Take it back' }));
  await press(patient.getByRole('dialog').getByRole('button', { name: 'Take it back' }));
  await patient.getByText('The consent is taken back.').waitFor();
  await patient.getByText(/You took this back on/).waitFor();
  await doctor.evaluate(() => dispatchEvent(new Event('focus')));
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();
  await doctor.reload();
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();
  assert.equal(await doctor.getByText('A cough at night').count(), 0);

  // What the doctor asks for is given in part: fewer kinds, and only once.
  const ask = async () => {
    await press(doctor.getByRole('button', { name: 'Ask for consent' }));
    const form = doctor.getByRole('dialog', { name: 'Ask the patient for consent' });
    await tick(form.getByRole('checkbox', { name: 'Prescriptions' }));
    await press(form.getByRole('button', { name: 'Send the request' }));
    await form.waitFor({ state: 'detached' });
    await press(patient.getByRole('link', { name: 'Privacy' }));
    // What was asked before is answered, and shown until the list is read anew.
    await patient.reload();
    await patient.getByRole('heading', { name: 'You are asked' }).waitFor();
    await press(patient.getByRole('link', { name: 'Gurpreet Singh' }).first());
  };
  await ask();
  await press(patient.getByRole('button', { name: 'Allow less' }));
  await tick(patient.getByRole('checkbox', { name: 'Prescriptions' }), false);
  await write(patient.getByLabel('At most so many times'), '5');
  await choose(patient.getByLabel('In which time'), 'In a day');
  await press(patient.getByRole('button', { name: 'Allow this much' }));
  await patient.getByText('5 times in 1 day').waitFor();
  assert.equal(await patient.getByText('Prescriptions').count(), 0);
  await doctor.evaluate(() => dispatchEvent(new Event('focus')));
  await doctor.getByRole('cell', { name: 'A cough at night' }).waitFor();

  // Or refused, which changes nothing else.
  await ask();
  await press(patient.getByRole('button', { name: 'Refuse' }));
  await press(patient.getByRole('dialog').getByRole('button', { name: 'Refuse' }));
  await patient.getByText(/You refused this on/).waitFor();

  // The receipt is signed, and says so when it is checked.
  await press(patient.getByRole('button', { name: 'Get the receipt' }));
  await press(patient.getByRole('button', { name: 'Check it now' }));
  await patient.getByText('It is genuine').waitFor();
});
