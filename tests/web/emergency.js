// A record is opened in an emergency: with a fresh proof, for an hour, and not without the patient,
// the officers and the doctor themselves hearing what was found of it.
import assert from 'node:assert/strict';
import { choose, press, tick, write } from './hands.js';
import {
  atDesk,
  bookFirst,
  device,
  numberOf,
  prove,
  registerPatient,
  signIn,
  stage,
  withBrowser,
} from './stage.js';

const { doctor: gurpreet, officer: kiran } = stage.people;
const WHY = 'Unconscious on arrival; which medicines?';
const FOUND = "As the ambulance's report says.";

await withBrowser(async (browser) => {
  const patient = await device(browser);
  await registerPatient(patient);
  await bookFirst(patient, 'Chest pain');
  const number = await numberOf(patient);

  // The doctor says why, and shows again who they are.
  const doctor = await atDesk(browser);
  await signIn(doctor, gurpreet);
  await press(doctor.getByRole('link', { name: 'Patients' }));
  await write(doctor.getByLabel('Patient number'), number);
  await press(doctor.getByRole('button', { name: 'Open', exact: true }));
  await press(doctor.getByRole('button', { name: 'Open in an emergency' }));
  const glass = doctor.getByRole('dialog', { name: 'Open this record in an emergency' });
  await glass.getByText('The patient and the compliance officers are told at once').waitFor();
  await choose(glass.getByLabel('Why'), "The patient can't be asked");
  await write(glass.getByLabel('In your words'), WHY);
  await press(glass.getByRole('button', { name: 'Open in an emergency' }));
  await prove(doctor, gurpreet);

  // The record is there, with the reason and until when.
  await doctor.getByText(/You opened this record in an emergency. It closes at/).waitFor();
  await doctor.getByText("Emergency: the patient can't be asked.").waitFor();
  await doctor.getByRole('heading', { name: 'Asha Rao' }).waitFor();
  await doctor.getByRole('cell', { name: 'Chest pain' }).waitFor();
  assert.equal(await doctor.title(), 'Patient · MediLink');

  // An officer finds it open, and waits.
  const officer = await atDesk(browser);
  await signIn(officer, kiran);
  await press(officer.getByRole('link', { name: 'Emergencies' }));
  await press(officer.getByRole('button', { name: 'Open now' }));
  await press(officer.getByRole('row', { name: /Gurpreet Singh/ }).getByRole('link'));
  await officer.getByText(WHY).waitFor();
  await officer.getByText('It is still open. It can be reviewed when it is over.').waitFor();

  // Closed, it shows the doctor nothing any more.
  await press(doctor.getByRole('button', { name: 'Close the record' }));
  await press(doctor.getByRole('dialog').getByRole('button', { name: 'Close the record' }));
  await doctor.getByText('Neither consent nor an emergency opens').waitFor();
  assert.equal(await doctor.getByText('Asha Rao').count(), 0);
  assert.equal(await doctor.getByText('Chest pain').count(), 0);

  // The patient is told, and sees who it was and why.
  await press(patient.getByRole('link', { name: 'Messages' }));
  await press(patient.getByRole('link', { name: 'See what happened' }).first());
  await patient.getByText(WHY).waitFor();
  await patient.getByText('A compliance officer, who had no part in it, looks into').waitFor();

  // The officer looks at what was read meanwhile, and reviews it.
  await officer.reload();
  await press(officer.getByRole('link', { name: 'What they read of this patient on that day' }));
  await officer.getByRole('cell', { name: 'Name and contact' }).first().waitFor();
  await press(officer.getByRole('link', { name: 'Emergency', exact: true }).first());
  await tick(officer.getByRole('radio', { name: 'It was justified' }));
  await write(officer.getByLabel('What you found'), FOUND);
  await press(officer.getByRole('button', { name: 'Sign the review' }));
  await officer.getByText('The review is signed.').waitFor();
  await officer.getByText('Reviewed', { exact: true }).first().waitFor();

  // The timelines of the patient and of the doctor tell of it.
  await press(officer.getByRole('link', { name: 'Everything that was read of this patient' }));
  await press(officer.getByRole('link', { name: 'Gurpreet Singh' }).first());
  await officer
    .getByRole('link', { name: `…${number.slice(-8)}` })
    .first()
    .waitFor();

  // What was found is told to both.
  await patient.reload();
  await patient.getByText('It was justified').waitFor();
  await patient.getByText(FOUND).waitFor();
  await press(patient.getByRole('link', { name: 'Who saw my data' }));
  await patient
    .getByText('because of an emergency: the patient could not be asked')
    .first()
    .waitFor();
  await press(doctor.getByRole('link', { name: 'Emergencies' }));
  await doctor.getByText(`Justified: ${FOUND}`).first().waitFor();
});
