// A patient lets a doctor see their record and takes it back; what a doctor asks for is given in
// part or refused; and the patient sees each look.
import assert from 'node:assert/strict';
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
  await doctor.getByRole('link', { name: 'Patients' }).click();
  await doctor.getByText("Nobody's consent is in force for you just now.").waitFor();
  await doctor.getByLabel('Patient number').fill(number);
  await doctor.getByRole('button', { name: 'Open' }).click();
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();

  // The patient gives it.
  await patient.getByRole('link', { name: 'Let somebody see my records' }).click();
  await patient
    .getByRole('combobox', { name: 'Hospital' })
    .selectOption({ label: 'City Hospital' });
  await patient.getByRole('combobox', { name: 'Doctor' }).selectOption({ label: 'Gurpreet Singh' });
  await patient.getByRole('button', { name: 'Next' }).click();
  await patient.getByRole('checkbox', { name: 'Visits and consultations' }).waitFor();
  await patient.getByRole('button', { name: 'Next' }).click();
  await patient.getByLabel('Allowed until the end of').waitFor();
  await patient.getByRole('button', { name: 'Next' }).click();
  await patient.getByText('For your care').waitFor();
  await patient.getByRole('button', { name: 'Give this consent' }).click();
  await patient.getByRole('button', { name: 'Take it back' }).waitFor();
  await patient.getByText('In force').waitFor();

  // The doctor sees the visit, and why that is allowed. What others let them see is not asked for.
  await doctor.getByRole('link', { name: 'Patients' }).click();
  await doctor.getByRole('link', { name: /^Patient …/ }).click();
  doctor.on('request', (request) => {
    if (request.url().includes('granted-consents')) assert.fail('all consents are asked for');
  });
  await doctor.getByText('Why you may see this').waitFor();
  await doctor.getByText(/The patient consented to you seeing this until .+: Visits/).waitFor();
  await doctor.getByRole('cell', { name: 'A cough at night' }).waitFor();

  // The patient reads that in plain words, with the consent under which it was.
  await patient.getByRole('link', { name: 'Privacy' }).click();
  await patient.getByRole('link', { name: 'Who saw my data' }).click();
  await patient
    .getByText('Gurpreet Singh, doctor, read your appointments for treatment, with your consent of')
    .first()
    .waitFor();
  await patient.getByRole('link', { name: 'See the consent' }).first().click();

  // Taken back, it shows the doctor nothing any more: not even on the page that is open.
  await patient.getByRole('button', { name: 'Take it back' }).click();
  await patient.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
  await patient.getByText('The consent is taken back.').waitFor();
  await patient.getByText(/You took this back on/).waitFor();
  await doctor.evaluate(() => dispatchEvent(new Event('focus')));
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();
  await doctor.reload();
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();
  assert.equal(await doctor.getByText('A cough at night').count(), 0);

  // What the doctor asks for is given in part: fewer kinds, and only once.
  const ask = async () => {
    await doctor.getByRole('button', { name: 'Ask for consent' }).click();
    const form = doctor.getByRole('dialog', { name: 'Ask the patient for consent' });
    await form.getByRole('checkbox', { name: 'Prescriptions' }).check();
    await form.getByRole('button', { name: 'Send the request' }).click();
    await doctor.getByText('The patient has been asked.').waitFor();
    await patient.getByRole('link', { name: 'Privacy' }).click();
    await patient.getByRole('heading', { name: 'You are asked' }).waitFor();
    await patient.getByRole('link', { name: 'Gurpreet Singh' }).first().click();
  };
  await ask();
  await patient.getByRole('button', { name: 'Allow less' }).click();
  await patient.getByRole('checkbox', { name: 'Prescriptions' }).uncheck();
  await patient.getByLabel('At most so many times').fill('5');
  await patient.getByLabel('In which time').selectOption({ label: 'In a day' });
  await patient.getByRole('button', { name: 'Allow this much' }).click();
  await patient.getByText('5 times in 1 day').waitFor();
  assert.equal(await patient.getByText('Prescriptions').count(), 0);
  await doctor.evaluate(() => dispatchEvent(new Event('focus')));
  await doctor.getByRole('cell', { name: 'A cough at night' }).waitFor();

  // Or refused, which changes nothing else.
  await ask();
  await patient.getByRole('button', { name: 'Refuse' }).click();
  await patient.getByRole('dialog').getByRole('button', { name: 'Refuse' }).click();
  await patient.getByText(/You refused this on/).waitFor();

  // The receipt is signed, and says so when it is checked.
  await patient.getByRole('button', { name: 'Get the receipt' }).click();
  await patient.getByRole('button', { name: 'Check it now' }).click();
  await patient.getByText('It is genuine').waitFor();
});
