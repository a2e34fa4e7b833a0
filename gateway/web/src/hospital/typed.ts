/** A length of time as a form has it. */
export interface Length {
  value: string;
  unit: 'minute' | 'hour' | 'day';
}

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

/** A length in the largest unit of which it is a whole number. */
export function lengthOf(minutes: number): Length {
  const units = ['day', 'hour', 'minute'] as const;
  const unit = (minutes > 0 && units.find((one) => minutes % MINUTES[one] === 0)) || 'minute';
  return { value: String(minutes / MINUTES[unit]), unit };
}

/** A length in minutes; nothing typed is none. */
export function minutesOf({ value, unit }: Length): number {
  return Math.round(Number(value) * MINUTES[unit]);
}

/** What visits ask for, written as the API has it: `Procedure room` is `procedure-room`. */
export function classOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
}
