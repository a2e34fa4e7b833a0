import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Appointment = components['schemas']['AppointmentOut'];

/** All appointments of a patient, the newest first; kept on the device. */
export const appointmentsQuery = (patient: string) =>
  queryOptions({
    queryKey: ['appointment', 'of', patient],
    queryFn: async ({ signal }) => {
      const items: Appointment[] = [];
      let after: string | undefined;
      do {
        const page = await answered(
          api.GET('/v1/patients/{id}/appointments', {
            params: { path: { id: patient }, query: { limit: 200, ...(after && { after }) } },
            signal,
          }),
        );
        items.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return items;
    },
    meta: { keep: patient },
  });

const OVER = ['completed', 'no_show', 'cancelled'];

/** Whether a visit is still to come or under way; one of which nobody said how it went is not. */
export function isOpen(appointment: Appointment, now: number): boolean {
  const forgotten = appointment.status === 'booked' && Date.parse(appointment.ends_at) <= now;
  return !forgotten && !OVER.includes(appointment.status);
}

/** Those still to come, the next first. */
export function upcoming(appointments: readonly Appointment[], now: number): Appointment[] {
  return appointments
    .filter((appointment) => isOpen(appointment, now))
    .sort((one, other) => one.starts_at.localeCompare(other.starts_at));
}

/** Those that are over, the last first. */
export function past(appointments: readonly Appointment[], now: number): Appointment[] {
  return appointments
    .filter((appointment) => !isOpen(appointment, now))
    .sort((one, other) => other.starts_at.localeCompare(one.starts_at));
}

/** One appointment. */
export const appointmentQuery = (id: string, patient: string) =>
  queryOptions({
    queryKey: ['appointment', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/appointments/{id}', { params: { path: { id } }, signal })),
    meta: { keep: patient },
  });

/** How many wait before the patient of an appointment, once they have checked in. */
export const placeQuery = (id: string) =>
  queryOptions({
    queryKey: ['queue', 'place', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/appointments/{id}/queue', { params: { path: { id } }, signal })),
    meta: { follows: ['appointment'] },
  });

/** Whether cancelling or moving it now costs something, by the hospital's rules. */
export function isLate(
  appointment: Appointment,
  policy: components['schemas']['BookingPolicyOut'],
  now: number,
): boolean {
  const left = Date.parse(appointment.starts_at) - now;
  return left < policy.cancellation.notice_minutes * 60_000;
}
