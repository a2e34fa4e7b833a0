import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writtenIn } from './written';

const AT = '2026-11-23T04:05:00Z';
const KOLKATA = 'Asia/Kolkata';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-12-01T00:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

test('moments are written in the zone and the language of who reads them', () => {
  expect(writtenIn('en').moment(AT, KOLKATA)).toBe('Mon, 23 Nov, 9:35 am');
  expect(writtenIn('hi').moment(AT, KOLKATA)).toMatch(/^सोम, 23 नव॰, 9:35/);
  expect(writtenIn('pa').moment(AT, KOLKATA)).toMatch(/^ਸੋਮ, 23 ਨਵੰਬਰ, 9:35\sਪੂ.ਦੁ.$/);
});

test('a moment of another year is written with it', () => {
  expect(writtenIn('en').moment('2027-11-23T04:05:00Z', KOLKATA)).toBe(
    'Tue, 23 Nov, 2027, 9:35 am',
  );
  expect(writtenIn('hi').moment('2025-11-23T04:05:00Z', KOLKATA)).toMatch(
    /^रवि, 23 नव॰ 2025, 9:35/,
  );
  expect(writtenIn('pa').moment('2025-11-23T04:05:00Z', KOLKATA)).toMatch(/23 ਨਵੰਬਰ, 2025, 9:35/);
});

test('which year it is, the clock of the place says', () => {
  const night = '2026-12-31T20:00:00Z';
  expect(writtenIn('en').moment(night, 'UTC')).toBe('Thu, 31 Dec, 8:00 pm');
  expect(writtenIn('en').moment(night, KOLKATA)).toBe('Fri, 1 Jan, 2027, 1:30 am');
  vi.setSystemTime(Date.parse(night));
  expect(writtenIn('en').moment(night, KOLKATA)).toBe('Fri, 1 Jan, 1:30 am');
});

test('a day is the same day wherever it is read', () => {
  expect(writtenIn('en').date('2026-11-23')).toBe('23 November 2026');
  expect(writtenIn('pa').date('2026-11-23')).toBe('23 ਨਵੰਬਰ 2026');
});
