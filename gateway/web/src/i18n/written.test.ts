import { expect, test } from 'vitest';
import { writtenIn } from './written';

const AT = '2026-11-23T04:05:00Z';
const KOLKATA = 'Asia/Kolkata';

test('moments are written in the zone and the language of who reads them', () => {
  expect(writtenIn('en').moment(AT, KOLKATA)).toBe('Mon, 23 Nov, 9:35 am');
  expect(writtenIn('hi').moment(AT, KOLKATA)).toMatch(/^सोम, 23 नव॰, 9:35/);
  expect(writtenIn('pa').moment(AT, KOLKATA)).toMatch(/^ਸੋਮ, 23 ਨਵੰਬਰ, 9:35\sਪੂ.ਦੁ.$/);
});

test('a day is the same day wherever it is read', () => {
  expect(writtenIn('en').date('2026-11-23')).toBe('23 November 2026');
  expect(writtenIn('pa').date('2026-11-23')).toBe('23 ਨਵੰਬਰ 2026');
});
