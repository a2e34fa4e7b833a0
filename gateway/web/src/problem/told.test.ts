import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import { Problem } from '@/api/problem';
import { told } from './told';
import english from './words/en.json';
import hindi from './words/hi.json';

/** What only a program does wrong, or what has no page: its reader is told that we are at fault. */
const OF_PROGRAMS: readonly string[] = [
  'access-already-recorded',
  'access-token-already-issued',
  'access-token-already-revoked',
  'access-token-expired',
  'address-missing',
  'address-not-needed',
  'already-on-agenda',
  'already-passed-on',
  'application-already-submitted',
  'appointment-already-booked',
  'asset-already-added',
  'asset-already-occupied',
  'asset-not-occupied',
  'consent-already-there',
  'consent-not-over',
  'department-already-added',
  'doctor-already-registered',
  'doctor-profile-too-long',
  'duplicate-field',
  'emergency-access-already-there',
  'export-not-over',
  'hospital-already-open',
  'hospital-code-already-issued',
  'idempotency-key-reused',
  'integrator-already-registered',
  'invalid-header',
  'invalid-parameter',
  'invitation-already-issued',
  'json-too-deep',
  'leave-already-granted',
  'malformed-json',
  'method-not-allowed',
  'no-language',
  'no-role',
  'not-a-count',
  'not-acceptable',
  'not-an-interval',
  'not-on-agenda',
  'not-wished',
  'nothing-to-cancel',
  'notice-already-settled',
  'notice-already-written',
  'offer-still-held',
  'other-calendar',
  'other-occupancy',
  'other-queue',
  'other-time-zone',
  'patient-already-registered',
  'profile-of-another',
  'series-already-booked',
  'series-too-long',
  'session-already-started',
  'sign-in-already-refused',
  'slot-already-reserved',
  'slot-not-reserved',
  'still-wished',
  'unexpected-header',
  'unknown-field',
  'unknown-parameter',
  'unknown-position',
  'unsupported-media-type',
  'verification-already-requested',
  'visit-type-already-defined',
  'wait-already-on-agenda',
  'wait-not-on-agenda',
  'window-already-open',
  'window-ends-before-it-starts',
  'window-has-reservations',
  'window-in-past',
  'window-not-whole-slots',
  'window-overlaps',
  'window-too-far-ahead',
];

/** The lists of all problems, which the server's own tests keep: the slug is the first such word. */
const PUBLISHED = [
  'domain/tests/meta/snapshots/meta__problems__problems.snap',
  'gateway/src/snapshots/medilink_gateway__problem_kinds__tests__the_registry_of_problems_is_stable.snap',
];

function published(): string[] {
  return PUBLISHED.flatMap((path) => {
    const [, , ...rows] = readFileSync(`../../${path}`, 'utf8').split(/^---\n/m);
    const slugs = rows.join('').matchAll(/^(?:\d{3} )?([a-z]+(?:-[a-z]+)*) /gm);
    return [...slugs].map(([, slug]) => slug ?? '');
  });
}

function problem(type: string, detail?: string): Problem {
  const body = {
    type: `https://medilink.dev/problems/${type}`,
    title: 'x',
    status: 422,
    mend: 'y',
  };
  return new Problem({ ...body, ...(detail && { detail }) }, new Response(null, { status: 422 }));
}

beforeAll(() =>
  i18next.init({
    lng: 'en',
    fallbackLng: false,
    interpolation: { escapeValue: false },
    resources: { en: { problem: english }, hi: { problem: hindi } },
  }),
);

test('every problem that the server knows is told in words of ours', () => {
  const known = new Set(published());
  expect(known.size).toBeGreaterThan(280);
  const worded = Object.keys(english.kinds);
  const silent = [...known].filter(
    (slug) => !worded.includes(slug) && !OF_PROGRAMS.includes(slug) && !slug.startsWith('no-such-'),
  );
  expect(silent, 'give it words, or name it in OF_PROGRAMS').toEqual([]);
});

test('there are words for no problem that is none', () => {
  const known = new Set([...published(), 'of-program']);
  expect(
    [...Object.keys(english.kinds), ...OF_PROGRAMS].filter((slug) => !known.has(slug)),
  ).toEqual([]);
});

test('what has no words of its own is told all the same', () => {
  expect(told(problem('no-such-export'))).toEqual(english.kinds['not-found']);
  expect(told(problem('malformed-json'))).toEqual(english.kinds['of-program']);
});

test('what a field must be is told in the reader’s language', async () => {
  await i18next.changeLanguage('hi');
  const says = (detail: string) => told(problem('invalid-field', detail)).mend;
  expect(says('It must have at most 200 characters.')).toBe('इसमें अधिकतम 200 अक्षर हो सकते हैं।');
  expect(says('It must be from 5 to 240 minutes.')).toBe('यह 5 से 240 तक हो सकता है।');
  expect(says('It must be a code such as K7QM2-X9R4T.')).toContain('K7QM2-X9R4T');
  expect(says('It must be at most 1000.')).toBe('यह अधिकतम 1000 हो सकता है।');
  await i18next.changeLanguage('en');
});
