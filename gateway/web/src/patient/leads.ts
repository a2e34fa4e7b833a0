/** How long before a visit one may be reminded, in minutes: from a quarter of an hour to a week. */
const OFFERED = [15, 60, 180, 1440, 2880, 10080] as const;
/** When everybody is reminded who hasn't chosen. */
const USUAL = [1440, 60] as const;

/** How somebody is reminded: as everybody is, at times of their own, or never. */
export function howOf(reminders: readonly number[] | undefined): 'usual' | 'chosen' | 'never' {
  if (reminders === undefined) return 'usual';
  return reminders.length === 0 ? 'never' : 'chosen';
}

/** What is ticked when somebody begins to choose: what they had, or what is usual. */
export function ticked(reminders: readonly number[] | undefined): readonly number[] {
  return reminders !== undefined && reminders.length > 0 ? reminders : USUAL;
}

/** What can be ticked: what is offered, and what was chosen otherwise; the longest first. */
export function leadsOffered(reminders: readonly number[] | undefined): number[] {
  return [...new Set([...OFFERED, ...(reminders ?? [])])].sort((one, other) => other - one);
}

/** What is sent: null for as usual, nothing for never. */
export function chosenLeads(how: string, leads: readonly string[]): number[] | null {
  if (how === 'usual') return null;
  return how === 'never' ? [] : leads.map(Number);
}
