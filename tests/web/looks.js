// Looks at pages as somebody would who needs WCAG 2.2 AA: in each of the colours, on a phone and on
// a screen.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import axe from 'axe-core';
import { recoveries } from './breaks.js';
import { stage } from './stage.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const PHONE = { width: 360, height: 740 };
const SCREEN = { width: 1440, height: 900 };
/** How each of the colours is told from the others. */
const GROUNDS = {
  light: 'rgb(245, 248, 249)',
  dark: 'rgb(14, 23, 25)',
  contrast: 'rgb(255, 255, 255)',
};
const LOOKS = [
  ['light', PHONE],
  ['dark', PHONE],
  ['contrast', PHONE],
  ['light', SCREEN],
];

/** Every page, by who looks at it in one of the flows. */
const PAGES = {
  nobody: [
    '/sign-in',
    '/register',
    '/recover',
    '/certificates/$id',
    '/invitation',
    '/invitation/$id',
  ],
  patient: [
    '/',
    '/account',
    '/account/invitation',
    '/account/invitation/$id',
    '/account/profile',
    '/application',
    '/book',
    '/family',
    '/family/new',
    '/notices',
    '/privacy',
    '/privacy/accesses',
    '/privacy/consents/$id',
    '/privacy/emergencies/$id',
    '/privacy/erasure',
    '/privacy/export',
    '/privacy/give',
    '/visits',
    '/visits/$id',
    '/waitlist',
  ],
  clinician: ['/day', '/emergencies', '/patients', '/patients/$id', '/schedule'],
  desk: [
    '/administration/guardians',
    '/administration/guardians/$id',
    '/board',
    '/hospitals/$hospital/board',
    '/hospitals/$hospital/figures',
  ],
  manager: [
    '/hospital',
    '/hospitals/$hospital',
    '/hospitals/$hospital/applications',
    '/hospitals/$hospital/codes',
    '/hospitals/$hospital/doctors',
    '/hospitals/$hospital/invitations',
    '/hospitals/$hospital/policy',
    '/hospitals/$hospital/setup',
    '/hospitals/$hospital/staff',
    '/hospitals/$hospital/staff/$person',
    '/hospitals/$hospital/visit-types',
  ],
  officer: [
    '/compliance',
    '/compliance/accesses',
    '/compliance/checkpoint',
    '/compliance/consents',
    '/compliance/emergencies',
    '/compliance/emergencies/$id',
    '/compliance/erasures',
    '/compliance/erasures/$id',
    '/compliance/holds',
    '/compliance/holds/$id',
  ],
  registrar: [
    '/administration',
    '/administration/dead-letters',
    '/administration/hospitals',
    '/administration/integrators',
    '/administration/integrators/$id',
    '/administration/integrators/new',
    '/administration/people',
    '/administration/people/$person',
    '/administration/platform',
    '/administration/settings',
    '/policies',
    '/policies/test',
  ],
};

/** That each page of the application is looked at by somebody. */
export async function assertAllAreLookedAt() {
  const source = new URL('../../gateway/web/src/', import.meta.url);
  const files = (await readdir(source, { recursive: true })).filter((name) =>
    name.endsWith('/pages.ts'),
  );
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, source), 'utf8')));
  const routes = texts.flatMap((text) => [...text.matchAll(/^ {2}path: '(.+)',$/gm)]);
  const known = Object.values(PAGES).flat();
  assert.deepEqual(known.toSorted(), routes.map(([, path]) => path).toSorted());
}

/** Where a page is; what has no id there is looked for by one that nothing has. */
function address(path, ids) {
  const id = ids[path] ?? '0198c1de-0000-7000-8000-000000000000';
  return path.replace('$hospital', stage.people.hospital).replace(/\$(id|person)/, id);
}

/** What axe finds on a page as it is now. */
async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags }),
    TAGS,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

/** Keeps how a page looks, for whoever names a folder to look through it. */
async function picture(page, name, colours, width) {
  const folder = process.env.MEDILINK_PICTURES;
  if (folder === undefined) return;
  const file = `${name.replaceAll(/[/$]+/g, '_')}.${colours}.${width}.png`;
  await page.screenshot({ path: `${folder}/${file}`, fullPage: true });
}

/** Waits until a page has all that it shows. */
export async function shown(page) {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('networkidle');
}

/** Colours that fade into each other for a moment have no contrast that means anything. */
async function withoutFading(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { transition: none !important; animation: none !important; }');
    document.adoptedStyleSheets = [sheet];
  });
}

/**
 * Looks at the pages of one role. `ids` says what `$id` is on which page; without an entry, the
 * page is looked at as it is for somebody with a wrong address.
 */
export async function look(page, role, ids = {}) {
  // Live changes keep a line open, so the network is never idle with them.
  await page.route('**/v1/me/changes*', (route) => route.abort());
  // The colours follow what is chosen in another tab.
  const other = await page.context().newPage();
  await other.goto('/icon.svg');
  const found = [];
  for (const path of [...PAGES[role], '/nothing-here']) {
    await page.setViewportSize(PHONE);
    await page.goto(address(path, ids));
    await shown(page);
    await withoutFading(page);
    for (const [colours, size] of LOOKS) {
      await other.evaluate((scheme) => localStorage.setItem('medilink.scheme', scheme), colours);
      await page.setViewportSize(size);
      await page.waitForFunction(
        (ground) => getComputedStyle(document.body).backgroundColor === ground,
        GROUNDS[colours],
      );
      await picture(page, `${role}${path}`, colours, size.width);
      for (const text of await violations(page)) {
        found.push(`${path} (${colours}, ${size.width}): ${text}`);
      }
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (over > 0) found.push(`${path} (${size.width}): ${over} pixels wider than the screen`);
    }
    if (!path.includes('nothing') && !path.endsWith('new') && ids[path] !== undefined) {
      const broken = await page.getByText('There is no such thing here').count();
      if (broken > 0) found.push(`${path}: shows nothing`);
    }
  }
  await other.close();
  const addresses = PAGES[role].map((path) => address(path, ids));
  found.push(...(await recoveries(page.context(), addresses)));
  assert.deepEqual(found, []);
}
