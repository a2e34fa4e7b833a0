/** Days that people pick, in the zone of their device, and the instants that they stand for. */

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** The day on which an instant is, as a field for days holds it: `2026-11-23`. */
export function dayHere(instant: string | Date): string {
  const at = new Date(instant);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** Today, and so many days from it. */
export function todayHere(plus = 0): string {
  const at = new Date();
  at.setDate(at.getDate() + plus);
  return dayHere(at);
}

/** When a day begins. */
export function beginHere(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString();
}

/** The last instant of a day. */
export function endHere(day: string): string {
  return new Date(`${day}T23:59:59.999`).toISOString();
}

/** The earlier of two instants. */
export function earlier(one: string, other: string): string {
  return Date.parse(one) <= Date.parse(other) ? one : other;
}

/** The later of two instants. */
export function later(one: string, other: string): string {
  return Date.parse(one) >= Date.parse(other) ? one : other;
}
