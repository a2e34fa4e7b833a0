/** The calendar day, `2026-11-23`, that an instant belongs to on a zone's clock. */
export function dayOf(instant: Date, zone: string): string {
  // The Swedish way to write a date is the one that is the same for machines.
  return instant.toLocaleDateString('sv-SE', { timeZone: zone });
}

/** The day that it is now on a zone's clock. */
export function today(zone: string): string {
  return dayOf(new Date(), zone);
}

export function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return plusDays(day, -((weekday + 6) % 7));
}

/** The instant at which a zone's clock shows this time of this day. */
export function instantIn(day: string, time: string, zone: string): string {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  const shown = (at: number) =>
    Date.parse(`${new Date(at).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')}Z`);
  const first = wanted - (shown(wanted) - wanted);
  // Once more, for days on which the clock is changed.
  return new Date(first - (shown(first) - wanted)).toISOString();
}

/** The last instant of a day, for what holds until then. */
export function endOf(day: string, zone: string): string {
  return instantIn(plusDays(day, 1), '00:00', zone);
}
