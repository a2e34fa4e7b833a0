import { sendAhead } from '@/api/send';
import { whenKnown } from '@/session/start';
import { type Me, rolesOf } from './me';

/**
 * Asks for what a patient's home shows, as its queries will: they take over what has been asked.
 * Who is no patient has another home, and nobody's data is asked for.
 */
export async function prepareHome(): Promise<void> {
  const session = await whenKnown();
  if (session.state !== 'in' || session.access.token === undefined) return;
  const me: Me | undefined = await (await sendAhead('/v1/me'))?.json();
  if (me === undefined || !rolesOf(me).includes('patient')) return;
  const { person } = session.access;
  void sendAhead(`/v1/patients/${person}/appointments?limit=200`).catch(() => undefined);
  void sendAhead(`/v1/patients/${person}/waitlist`).catch(() => undefined);
}
