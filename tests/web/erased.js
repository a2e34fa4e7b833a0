// A legal hold stops an erasure; lifted, it goes on, and whoever was erased has the proof of it.
import { choose, press, write } from './hands.js';
import { atDesk, device, numberOf, registerPatient, signIn, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const page = await device(browser);
  const asha = await registerPatient(page);
  const number = await numberOf(page);

  // The officer holds the data, whoever asks.
  const officer = await atDesk(browser);
  await signIn(officer, stage.people.officer);
  await press(officer.getByRole('link', { name: 'Legal holds' }));
  await write(officer.getByLabel('Patient number'), number);
  await press(officer.getByRole('button', { name: 'Open' }));
  await choose(officer.getByLabel('Why').first(), 'A case in court');
  await press(officer.getByRole('button', { name: 'Place the hold' }));
  await officer.getByText('The data is held.').waitFor();

  // So a request waits, and says so.
  await press(page.getByRole('link', { name: 'Delete me' }));
  await press(page.getByRole('button', { name: 'Delete me' }));
  await press(page.getByRole('dialog').getByRole('button', { name: 'Delete me' }));
  await page.getByText('It is stopped for a legal reason until that is settled.').waitFor();
  await page.getByText('Stopped', { exact: true }).waitFor();
  const kept = page.getByRole('status').filter({ hasText: 'Keep this code' });
  const [, address, code] = (await kept.innerText()).match(/(http\S+)\s+(\S+)/);

  // Lifted, it goes on to its end.
  await press(officer.getByRole('link', { name: 'Compliance' }));
  await press(officer.getByRole('link', { name: 'Erasures' }));
  await press(officer.getByRole('row').filter({ hasText: number }).getByRole('link'));
  await officer.getByText('A case in court').or(officer.getByText('litigation')).first().waitFor();
  await choose(officer.getByLabel('Why'), 'The case is closed');
  await press(officer.getByRole('button', { name: 'Lift the hold' }));
  await officer.getByText('The erasure goes on.').waitFor();

  // Whoever was erased signs in no more, and has the proof.
  const visitor = await device(browser);
  await visitor.goto(address);
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = visitor.waitForResponse('**/v1/erasures/*/certificate');
    await write(visitor.getByLabel('Code'), code);
    await press(visitor.getByRole('button', { name: 'Get the proof' }));
    if ((await answer).ok()) break;
    await visitor.waitForTimeout(1_000);
  }
  await visitor.getByText('This says what was erased and when').waitFor();
  await press(visitor.getByRole('button', { name: 'Check it now' }));
  await visitor.getByText('It is genuine').waitFor();
  await visitor.goto('/sign-in');
  await write(visitor.getByLabel('E-mail address'), asha.email);
  await write(visitor.getByLabel('Password'), asha.password);
  await press(visitor.getByRole('button', { name: 'Sign in', exact: true }));
  await visitor.getByText('The e-mail address or the password is wrong.').waitFor();

  // The officer sees that it is done, and the proof too.
  await officer.reload();
  await officer.getByText('Erased, with proof').first().waitFor();
  await press(officer.getByRole('button', { name: 'Get the proof' }));
  await officer.getByText('This says what was erased and when').waitFor();
});
