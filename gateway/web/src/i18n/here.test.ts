import { expect, test } from 'vitest';
import { beginHere, dayHere, earlier, endHere, later, todayHere } from './here';

test('a day holds all of its instants', () => {
  expect(dayHere(beginHere('2026-11-23'))).toBe('2026-11-23');
  expect(dayHere(endHere('2026-11-23'))).toBe('2026-11-23');
  expect(Date.parse(endHere('2026-11-23'))).toBeLessThan(Date.parse(beginHere('2026-11-24')));
});

test('instants are compared as instants, however they are written', () => {
  const [noon, one] = ['2026-11-23T12:00:00Z', '2026-11-23T13:30:00+01:00'];
  expect(earlier(one, noon)).toBe(noon);
  expect(later(noon, one)).toBe(one);
});

test('days are counted over the ends of months', () => {
  expect(Date.parse(todayHere(400))).toBeGreaterThan(Date.parse(todayHere()));
});
