import type { Hours, Leave, Schedule, Week, Weekday } from './queries';

/** The days of a week, as the API names them, Monday first. */
export const WEEKDAYS: readonly Weekday[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
];

/** What holds on one day, and why. */
export type Effective =
  | { readonly why: 'leave'; readonly leave: Leave }
  | { readonly why: 'date'; readonly hours: readonly Hours[] }
  | { readonly why: 'holiday'; readonly name: string }
  | { readonly why: 'week'; readonly hours: readonly Hours[] };

export function weekdayOf(day: string): Weekday {
  const index = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
  return WEEKDAYS[index] ?? 'monday';
}

/** The weekly hours that hold on a day. */
export function weekOn(weeks: readonly Week[], day: string): Week | undefined {
  return weeks.filter(({ from }) => from <= day).at(-1);
}

/** What holds on a day: leave before all, then what was said of that very day, then holidays. */
export function effectiveOn(
  schedule: Pick<Schedule, 'weeks' | 'dates' | 'leaves'>,
  holidays: readonly { readonly date: string; readonly name: string }[],
  day: string,
): Effective {
  const leave = schedule.leaves.find(({ from, until }) => from <= day && day <= until);
  if (leave !== undefined) return { why: 'leave', leave };
  const date = schedule.dates.find((one) => one.date === day);
  if (date !== undefined) return { why: 'date', hours: date.hours };
  const holiday = holidays.find((one) => one.date === day);
  if (holiday !== undefined) return { why: 'holiday', name: holiday.name };
  const weekday = weekdayOf(day);
  const hours = weekOn(schedule.weeks, day)?.hours.filter((one) => one.weekday === weekday) ?? [];
  return { why: 'week', hours: hours.toSorted((a, b) => a.opens.localeCompare(b.opens)) };
}
