import { expect, test } from 'vitest';
import { effectiveOn } from './effective';

const hours = (opens: string) => ({
  opens,
  closes: '12:00',
  slot_minutes: 15,
  modes: [],
  visit_types: [],
});
const monday = (opens: string) => ({ weekday: 'monday' as const, ...hours(opens) });
const schedule = {
  weeks: [
    { from: '2026-11-01', hours: [monday('09:00')] },
    { from: '2026-11-20', hours: [monday('10:00')] },
  ],
  dates: [{ date: '2026-11-30', hours: [] }],
  leaves: [{ id: 'a', from: '2026-12-07', until: '2026-12-08' }],
};
const holidays = [
  { date: '2026-11-30', name: 'Fair' },
  { date: '2026-12-14', name: 'Fair' },
];

test('the latest week that has begun holds', () => {
  expect(effectiveOn(schedule, holidays, '2026-11-16')).toMatchObject({
    hours: [{ opens: '09:00' }],
  });
  expect(effectiveOn(schedule, holidays, '2026-11-23')).toMatchObject({
    hours: [{ opens: '10:00' }],
  });
  expect(effectiveOn(schedule, holidays, '2026-11-24')).toMatchObject({ why: 'week', hours: [] });
});

test('leave, single dates and holidays come before the week', () => {
  expect(effectiveOn(schedule, holidays, '2026-12-07').why).toBe('leave');
  expect(effectiveOn(schedule, holidays, '2026-11-30').why).toBe('date');
  expect(effectiveOn(schedule, holidays, '2026-12-14').why).toBe('holiday');
});
