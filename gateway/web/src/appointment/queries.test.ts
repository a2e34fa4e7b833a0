import { expect, test, vi } from 'vitest';
import { type Appointment, isOpen, past, upcoming } from './queries';

vi.mock('@/api/client', () => ({}));

const NOW = Date.parse('2026-11-23T12:00:00Z');

function visit(status: string, starts_at: string, ends_at: string): Appointment {
  return { id: `${status} ${starts_at}`, status, starts_at, ends_at } as Appointment;
}

const forgotten = visit('booked', '2026-11-20T09:00:00Z', '2026-11-20T09:30:00Z');
const waiting = visit('checked_in', '2026-11-23T11:00:00Z', '2026-11-23T11:30:00Z');
const running = visit('booked', '2026-11-23T11:45:00Z', '2026-11-23T12:15:00Z');
const next = visit('booked', '2026-11-24T09:00:00Z', '2026-11-24T09:30:00Z');
const cancelled = visit('cancelled', '2026-11-25T09:00:00Z', '2026-11-25T09:30:00Z');
const all = [cancelled, next, running, waiting, forgotten];

test('a visit that nobody closed is over when its time is', () => {
  expect(upcoming(all, NOW)).toEqual([waiting, running, next]);
  expect(past(all, NOW)).toEqual([cancelled, forgotten]);
});

test('it is over from its last instant on', () => {
  const end = Date.parse(running.ends_at);
  expect(isOpen(running, end - 1)).toBe(true);
  expect(isOpen(running, end)).toBe(false);
});

test('who has come is not sent away by the clock', () => {
  const under = { ...waiting, status: 'in_progress' };
  expect([waiting, under].every((one) => isOpen(one, NOW))).toBe(true);
});
