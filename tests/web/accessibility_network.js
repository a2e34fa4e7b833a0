// No page for compliance officers and for whoever runs the platform breaks WCAG 2.2 AA.
import { generateKeyPairSync } from 'node:crypto';
import { caller, emergency } from './http.js';
import { look } from './looks.js';
import { device, registerPatient, signIn, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const asha = await caller(await registerPatient(await device(browser)));
  const gurpreet = await caller(stage.people.doctor);
  const opened = await emergency(gurpreet, asha.person);
  await gurpreet.post(`/v1/emergency-accesses/${opened}/close`);
  const reason = { reason: 'privacy' };
  const erasure = await asha.post(`/v1/patients/${asha.person}/erasures`, reason);

  const officer = await device(browser);
  await signIn(officer, stage.people.officer);
  await look(officer, 'officer', {
    '/compliance/emergencies/$id': opened,
    '/compliance/erasures/$id': erasure.id,
    '/compliance/holds/$id': asha.person,
  });

  const registrar = await caller(stage.people.registrar);
  await registrar.prove();
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const key = { ...publicKey.export({ format: 'jwk' }), alg: 'ES384', use: 'sig', kid: 'one' };
  const lab = { name: 'Lab of the North', scopes: ['system/Appointment.rs'], keys: [key] };
  const program = await registrar.post('/v1/integrators', lab);
  const platform = await device(browser);
  await signIn(platform, stage.people.registrar);
  await look(platform, 'registrar', {
    '/administration/integrators/$id': program.id,
    '/administration/people/$person': gurpreet.person,
  });
});
