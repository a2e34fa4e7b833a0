// What has to be there before a flow begins is set up over HTTP, without a page.
import { stage } from './stage.js';

async function send(token, method, path, body) {
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(stage.url + path, { method, headers, ...sent });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Somebody who has signed in, as a program has them: who they are, and what they ask for. */
export async function caller({ email, password, codes }) {
  let session = await send(undefined, 'POST', '/v1/sessions', { email, password });
  if (codes !== undefined) {
    const { challenge } = session;
    const shown = { challenge, method: 'backup_code', code: codes.shift() };
    session = await send(undefined, 'POST', '/v1/sessions/challenge', shown);
  }
  const token = session.access_token;
  const { id: person } = await send(token, 'GET', '/v1/me');
  return {
    person,
    get: (path) => send(token, 'GET', path),
    post: (path, body) => send(token, 'POST', path, body),
    put: (path, body) => send(token, 'PUT', path, body),
    /** Shows again who they are. */
    prove: () =>
      send(token, 'POST', '/v1/me/session/proof', { method: 'backup_code', code: codes.shift() }),
  };
}

/** Books the first free slot with a doctor; the id of the visit. */
export async function book(patient, reason = 'A cough') {
  const { person: doctor } = stage.people.doctor;
  const at = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  const wanted = new URLSearchParams({ doctor, from: at(0), to: at(7) });
  const { items } = await patient.get(`/v1/slots?${wanted}`);
  const { starts_at } = items[0];
  const visit = { patient: patient.person, doctor, starts_at, reason };
  return (await patient.post('/v1/appointments', visit)).id;
}

/** Lets the doctor see a patient's visits; the id of the consent. */
export async function consent(patient) {
  const at = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  const body = {
    grantee: { kind: 'person', id: stage.people.doctor.person },
    purpose: 'CAREMGT',
    types: ['op-consultation'],
    mode: 'view',
    from: at(-365),
    to: at(30),
    expires_at: at(30),
  };
  return (await patient.post(`/v1/patients/${patient.person}/consents`, body)).id;
}

/** Has the doctor open a patient's record in an emergency; the id of the access. */
export async function emergency(doctor, patient) {
  await doctor.prove();
  const body = {
    hospital: stage.people.hospital,
    reason: 'unable-to-consent',
    explanation: 'Unconscious on arrival',
  };
  return (await doctor.post(`/v1/patients/${patient}/emergency-accesses`, body)).id;
}

/** A code with which one person applies at the hospital as a doctor. */
export async function hospitalCode(manager) {
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  const wanted = { role: 'doctor', most_uses: 1, expires_at };
  return (await manager.post(`/v1/hospitals/${stage.people.hospital}/codes`, wanted)).code;
}

/** Has somebody who has signed in apply at the hospital. */
export async function apply(person) {
  const hospital_code = await hospitalCode(await caller(stage.people.manager));
  const said = { name: 'Asha Rao', registration_number: 'PMC-4711', languages: ['en', 'pa'] };
  await person.post('/v1/me/application', { hospital_code, ...said });
}
