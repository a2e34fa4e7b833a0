// No page for patients, and none before the door, breaks WCAG 2.2 AA, as far as axe can tell.
import { apply, book, caller, consent, emergency } from './http.js';
import { assertAllAreLookedAt, look } from './looks.js';
import { device, registerPatient, stage, withBrowser } from './stage.js';

await assertAllAreLookedAt();
await withBrowser(async (browser) => {
  const page = await device(browser);
  await page.goto('/sign-in');
  await look(page, 'nobody');

  const patient = await device(browser);
  const asha = await caller(await registerPatient(patient));
  const visit = await book(asha);
  const given = await consent(asha);
  await asha.post('/v1/me/dependants', { name: 'Bina Rao', date_of_birth: '2019-03-29' });
  await asha.post(`/v1/patients/${asha.person}/exports`, {});
  // By the hospital's clock it may be tomorrow already.
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  await asha.post('/v1/waitlist', {
    patient: asha.person,
    hospital: stage.people.hospital,
    doctor: stage.people.doctor.person,
    preferences: [{ from: day(0), until: day(7) }],
  });
  const opened = await emergency(await caller(stage.people.doctor), asha.person);
  await apply(asha);
  await look(patient, 'patient', {
    '/visits/$id': visit,
    '/privacy/consents/$id': given,
    '/privacy/emergencies/$id': opened,
  });
});
