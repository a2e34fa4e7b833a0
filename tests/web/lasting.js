// What lasts: nothing of a person where others could read it, and each language and colour on the
// pages of staff.
import assert from 'node:assert/strict';
import { press } from './hands.js';
import { book, caller } from './http.js';
import { shown } from './looks.js';
import { atDesk, device, registerPatient, signIn, stage, withBrowser } from './stage.js';

const SCRIPTS = { en: /[A-Za-z]/, hi: /\p{Script=Devanagari}/u, pa: /\p{Script=Gurmukhi}/u };
const NAMES = { en: 'English', hi: 'हिन्दी', pa: 'ਪੰਜਾਬੀ' };
const PERSONAL = /Asha|98765 ?43210|example\.org|1990-04-12|headache/;

/** All that scripts can read of what a device keeps, as text. */
function kept(page) {
  return page.evaluate(async () => {
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const [keys, values] = [objects.getAllKeys(), objects.getAll()];
        found.push(JSON.stringify(await done(keys)));
        for (const value of await done(values)) {
          const parts = [value, ...Object.values(value)].filter(
            (part) => part instanceof ArrayBuffer || ArrayBuffer.isView(part),
          );
          found.push(JSON.stringify(value), ...parts.map((part) => new TextDecoder().decode(part)));
        }
      }
      database.close();
    }
    return found.join('\n');
  });
}

await withBrowser(async (browser) => {
  // Nothing of a person is in an address, in a title, or on the device in the clear.
  const patient = await device(browser);
  const asha = await caller(await registerPatient(patient));
  const visit = await book(asha, 'A headache');
  for (const path of ['/', '/visits', `/visits/${visit}`, '/notices', '/privacy', '/account']) {
    await patient.goto(path);
    await patient.getByRole('heading', { level: 1 }).waitFor();
    await patient.waitForTimeout(1_000);
    assert.doesNotMatch(decodeURIComponent(patient.url()), PERSONAL);
    assert.doesNotMatch(await patient.title(), PERSONAL);
  }
  const all = await kept(patient);
  assert.ok(all.length > 500, 'the device keeps something');
  assert.doesNotMatch(all, PERSONAL);

  // Each language, and each of the colours, on the pages of those who work here.
  const doctor = await atDesk(browser);
  await signIn(doctor, stage.people.doctor);
  await doctor.route('**/v1/me/changes*', (route) => route.abort());
  for (const [language, name] of Object.entries(NAMES)) {
    await doctor.goto('/account');
    await press(doctor.getByRole('main').getByRole('button', { name }));
    await doctor.locator(`html[lang="${language}"]`).waitFor();
    for (const path of ['/day', '/schedule', '/patients', '/emergencies']) {
      await doctor.goto(path);
      await shown(doctor);
      assert.equal(await doctor.locator('html').getAttribute('lang'), language);
      assert.match(await doctor.getByRole('heading', { level: 1 }).innerText(), SCRIPTS[language]);
      const text = await doctor.getByRole('main').innerText();
      assert.doesNotMatch(text, /\b[a-z_]+\.[a-z_]+\.[a-z_]+\b|\{\{/, `${path} in ${language}`);
    }
  }
  await doctor.goto('/account');
  await press(doctor.getByRole('main').getByRole('button', { name: 'English' }));
  const ground = () => doctor.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await press(doctor.getByRole('main').getByRole('button', { name: 'Dark' }));
  await doctor.waitForFunction(
    (before) => getComputedStyle(document.body).backgroundColor !== before,
    light,
  );
  const dark = await ground();
  await doctor.goto('/day');
  await shown(doctor);
  assert.equal(await ground(), dark);
});
