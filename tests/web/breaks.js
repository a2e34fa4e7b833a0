// Takes the platform away from pages, and gives it back: each says so, and recovers by itself.

/** How many pages are tried at a time: they mostly wait. */
const AT_ONCE = 4;
const GONE = "MediLink can't be reached just now.";
const API = '**/v1/**';
/** Who somebody is, without whom there is no page that could say anything; and live changes. */
const UNTOUCHED = /^\/v1\/(me|me\/changes|sessions.*)$/;

/** What is wrong with the pages at these addresses when nothing that they read can be had. */
export async function recoveries(context, addresses) {
  const left = [...addresses];
  const found = [];
  const work = async () => {
    const page = await context.newPage();
    // In a browser that keeps nothing for us there is nothing to show instead.
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('nothing is kept here', 'SecurityError');
      };
    });
    // Live changes keep a line open, so the network is never idle with them.
    await page.route('**/v1/me/changes*', (route) => route.abort());
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      const wrong = await recovery(page, path);
      if (wrong !== undefined) found.push(`${path}: ${wrong}`);
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function recovery(page, path) {
  // What the page before still reads is not asked by this one.
  await page.goto('about:blank');
  let asked = 0;
  await page.route(API, (route) => {
    const request = route.request();
    if (request.method() !== 'GET' || UNTOUCHED.test(new URL(request.url()).pathname)) {
      return route.fallback();
    }
    asked += 1;
    return route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
  });
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('networkidle');
  const gone = page.getByText(GONE).first();
  const said = asked > 0 && (await settles(gone.waitFor()));
  await page.unroute(API);
  if (asked === 0) return undefined;
  if (!said) return 'does not say that the platform is away';
  const back = page.waitForFunction((text) => !document.body.textContent.includes(text), GONE);
  return (await settles(back)) ? undefined : 'does not recover';
}

/** Whether what is waited for comes. */
function settles(waiting) {
  return waiting.then(
    () => true,
    () => false,
  );
}
