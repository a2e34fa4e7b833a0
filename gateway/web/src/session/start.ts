import { sendAs } from '@/api/send';
import { watchActivity } from './activity';
import { prove } from './proof';
import { type Session, session } from './state';
import { refresh, renew, resume, token } from './tokens';

let looking: Promise<Session> | undefined;

/** Finds out whether somebody is signed in on this device, while the rest is still loading. */
export function startSession(): void {
  watchActivity();
  sendAs({ token, renew, prove });
  void whenKnown();
}

/** The session, once it is known whether there is one. */
export async function whenKnown(): Promise<Session> {
  if (session.state.state !== 'unknown') return session.state;
  looking ??= look().finally(() => {
    looking = undefined;
  });
  return looking;
}

async function look(): Promise<Session> {
  try {
    await refresh();
  } catch {
    // No line, or the server can't tell now: what the device keeps can be read all the same.
    await resume();
  }
  return session.state;
}
