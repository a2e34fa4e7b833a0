// No page for whoever runs a hospital breaks WCAG 2.2 AA.
import { caller } from './http.js';
import { look } from './looks.js';
import { device, signIn, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const { manager, doctor, hospital } = stage.people;
  const kiran = await caller(manager);
  const here = (what) => `/v1/hospitals/${hospital}/${what}`;
  await kiran.post(here('assets'), { class: 'theatre', name: 'Theatre 1' });
  const kind = { name: 'Check-up', minutes: 20, modes: ['in_person', 'video'] };
  await kiran.post(here('visit-types'), kind);
  const until = new Date(Date.now() + 86_400_000).toISOString();
  await kiran.post(here('codes'), { role: 'doctor', most_uses: 3, expires_at: until });
  const someone = { email: 'somebody@example.org', language: 'pa', role: 'nurse' };
  await kiran.post(here('invitations'), someone);
  await kiran.post(here('holidays'), { date: until.slice(0, 10), name: 'Founding day' });

  const page = await device(browser);
  await signIn(page, manager);
  await look(page, 'manager', { '/hospitals/$hospital/staff/$person': doctor.person });
});
