// A legal hold stops an erasure; lifted, it goes on, and whoever was erased has the proof of it.
import { atDesk, device, numberOf, registerPatient, signIn, stage, withBrowser } from './stage.js';

await withBrowser(async (browser) => {
  const page = await device(browser);
  const asha = await registerPatient(page);
  const number = await numberOf(page);

  // The officer holds the data, whoever asks.
  const officer = await atDesk(browser);
  await signIn(officer, stage.people.officer);
  await officer.getByRole('link', { name: 'Legal holds' }).click();
  await officer.getByLabel('Patient number').fill(number);
  await officer.getByRole('button', { name: 'Open' }).click();
  await officer.getByLabel('Why').first().selectOption({ label: 'A case in court' });
  await officer.getByRole('button', { name: 'Place the hold' }).click();
  await officer.getByText('The data is held.').waitFor();

  // So a request waits, and says so.
  await page.getByRole('link', { name: 'Delete me' }).click();
  await page.getByRole('button', { name: 'Delete me' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete me' }).click();
  await page.getByText('It is stopped for a legal reason until that is settled.').waitFor();
  await page.getByText('Stopped', { exact: true }).waitFor();
  const kept = page.getByRole('status').filter({ hasText: 'Keep this code' });
  const [, address, code] = (await kept.innerText()).match(/(http\S+)\s+(\S+)/);

  // Lifted, it goes on to its end.
  await officer.getByRole('link', { name: 'Compliance' }).click();
  await officer.getByRole('link', { name: 'Erasures' }).click();
  await officer.getByRole('row').filter({ hasText: number }).getByRole('link').click();
  await officer.getByText('A case in court').or(officer.getByText('litigation')).first().waitFor();
  await officer.getByLabel('Why').selectOption({ label: 'The case is closed' });
  await officer.getByRole('button', { name: 'Lift the hold' }).click();
  await officer.getByText('The erasure goes on.').waitFor();

  // Whoever was erased signs in no more, and has the proof.
  const visitor = await device(browser);
  await visitor.goto(address);
  const proof = visitor.getByText('This says what was erased and when');
  for (let tries = 0; tries < 60 && (await proof.count()) === 0; tries += 1) {
    await visitor.getByLabel('Code').fill(code);
    await visitor.getByRole('button', { name: 'Get the proof' }).click();
    await visitor.waitForTimeout(1_000);
  }
  await proof.waitFor();
  await visitor.getByRole('button', { name: 'Check it now' }).click();
  await visitor.getByText('It is genuine').waitFor();
  await visitor.goto('/sign-in');
  await visitor.getByLabel('E-mail address').fill(asha.email);
  await visitor.getByLabel('Password').fill(asha.password);
  await visitor.getByRole('button', { name: 'Sign in', exact: true }).click();
  await visitor.getByText('The e-mail address or the password is wrong.').waitFor();

  // The officer sees that it is done, and the proof too.
  await officer.reload();
  await officer.getByText('Erased, with proof').first().waitFor();
  await officer.getByRole('button', { name: 'Get the proof' }).click();
  await officer.getByText('This says what was erased and when').waitFor();
});
