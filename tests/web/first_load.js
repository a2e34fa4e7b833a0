// How long a patient waits for their home page: with nothing of it on the device, and the second
// time, on a poor line. Prints its figures as JSON; with MEDILINK_SHOW each request, too.
import assert from 'node:assert/strict';
import { device, registerPatient, signIn, withBrowser } from './stage.js';

/** The line: 400 kbit/s, and 400 ms until an answer begins. */
const LINE = {
  offline: false,
  latency: 400,
  downloadThroughput: 400_000 / 8,
  uploadThroughput: 400_000 / 8,
};
/** For how long nothing more must come until all has come, in ms. */
const QUIET = 3_000;
/** Pages that a patient's home has fetched beforehand, for when there is no line. */
const PATIENTS = ['HomePage', 'VisitPage', 'VisitsPage'];

/** Notes, in the page itself, when its main content is there and its first action can be pressed. */
function watch() {
  const usable = () => {
    const book = document.querySelector('main a[href^="/book"]');
    const text = document.querySelector('main')?.innerText ?? '';
    return book?.checkVisibility() && text.includes('You have no visits ahead.');
  };
  const look = () => {
    if (globalThis.usableAt === undefined && usable()) globalThis.usableAt = performance.now();
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

/** All that a page asks for from now on, over the slow line, and what it weighs as it is sent. */
async function counted(page) {
  const line = await page.context().newCDPSession(page);
  const requests = new Map();
  let began;
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', LINE);
  line.on('Network.requestWillBeSent', ({ requestId, request, type, timestamp }) => {
    began ??= timestamp;
    // Live changes are a line that stays open.
    if (new URL(request.url).pathname === '/v1/me/changes') return;
    const sent_ms = Math.round((timestamp - began) * 1000);
    requests.set(requestId, { path: new URL(request.url).pathname, type, bytes: 0, sent_ms });
  });
  line.on('Network.responseReceived', ({ requestId, response }) => {
    const request = requests.get(requestId);
    if (request) request.local = response.fromDiskCache || response.fromServiceWorker;
  });
  line.on('Network.loadingFinished', ({ requestId, encodedDataLength, timestamp }) => {
    const request = requests.get(requestId);
    if (request === undefined) return;
    const ended_ms = Math.round((timestamp - began) * 1000);
    Object.assign(request, { bytes: encodedDataLength, at: Date.now(), ended_ms });
  });
  return requests;
}

/** All that was sent until a moment: what is on the device already is not. */
function sum(requests, until) {
  const sent = [...requests.values()].filter(({ local, at }) => !local && at <= until);
  const bytes = (of) => of.reduce((total, request) => total + request.bytes, 0);
  return {
    javascript_bytes: bytes(sent.filter(({ path }) => path.endsWith('.js'))),
    bytes: bytes(sent),
    requests: sent.length,
  };
}

/** Waits until nothing has come for a while. */
async function quiet(page, requests) {
  let last = -1;
  while (
    last !== requests.size ||
    [...requests.values()].some(({ at }) => Date.now() - at < QUIET)
  ) {
    last = requests.size;
    await page.waitForTimeout(500);
  }
}

/** Opens the home page, and says what it took until it could be used, and in all. */
async function visit(page) {
  const requests = await counted(page);
  await page.goto('/', { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.usableAt !== undefined);
  const [usable_ms, began] = await page.evaluate(() => [
    Math.round(globalThis.usableAt),
    performance.timeOrigin,
  ]);
  await quiet(page, requests);
  const scripts = [...requests.values()]
    .map(({ path }) => path)
    .filter((path) => /\.js$/.test(path));
  return {
    usable_ms,
    until_usable: sum(requests, began + usable_ms),
    in_all: sum(requests, Number.POSITIVE_INFINITY),
    pages: scripts.flatMap((path) => path.match(/\/(\w+Page)-/)?.[1] ?? []).sort(),
    ...(process.env.MEDILINK_SHOW && { requests: [...requests.values()] }),
  };
}

await withBrowser(async (browser) => {
  const asha = await registerPatient(await device(browser));
  // Another device, which has nothing but the session: the code of the door is on the first.
  const door = await device(browser);
  await signIn(door, asha);
  const cookies = await door.context().cookies();
  await door.context().close();
  const page = await device(browser);
  await page.context().addCookies(cookies);
  await page.addInitScript(watch);

  const first = await visit(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const again = await page.context().newPage();
  await page.close();
  await again.addInitScript(watch);
  const second = await visit(again);
  for (const { pages } of [first, second]) {
    assert.deepEqual(
      pages.filter((name) => !PATIENTS.includes(name)),
      [],
      'of other roles',
    );
  }
  console.log(JSON.stringify({ first, second }));
});
