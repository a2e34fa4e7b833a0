import { dayHere } from './here';

/** What happened on one day. */
export interface Day<T> {
  readonly day: string;
  readonly items: T[];
}

/** The same things day by day, in the order in which they come. */
export function byDay<T>(items: readonly T[], at: (item: T) => string): Day<T>[] {
  const days: Day<T>[] = [];
  for (const item of items) {
    const day = dayHere(at(item));
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
