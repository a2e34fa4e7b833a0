// No page for those who give care and for the front desk breaks WCAG 2.2 AA.
import { book, caller, consent, emergency } from './http.js';
import { look } from './looks.js';
import { device, registerPatient, signIn, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const asha = await caller(await registerPatient(await device(browser)));
  const visit = await book(asha);
  await consent(asha);
  const gurpreet = await caller(stage.people.doctor);
  await emergency(gurpreet, asha.person);
  const desk = await caller(stage.people.desk);
  await desk.post(`/v1/appointments/${visit}/check-in`);

  const doctor = await device(browser);
  await signIn(doctor, stage.people.doctor);
  await look(doctor, 'clinician', { '/patients/$id': asha.person });

  const front = await device(browser);
  await signIn(front, stage.people.desk);
  await look(front, 'desk', { '/administration/guardians/$id': asha.person });
});
