import { Problem, problemOf, Unreachable } from '@/api/problem';
import type { components } from '@/api/schema';
import { fetchInTime, forgetSent, sawPosition } from '@/api/send';
import { forget, keep, kept } from '@/device/vault';
import { activeSince } from './activity';
import { type Access, type Reason, session } from './state';

type Tokens = components['schemas']['TokensOut'];

/** Asks the server to keep the refresh token in a cookie that no script can read. */
export const IN_COOKIE = { 'Medilink-Refresh-Token': 'cookie' } as const;
/** How long before its end a token is changed for another, in ms. */
const MARGIN = 30_000;
/** Where the key of a refresh stays whose answer has not come: with it, it can be asked for again. */
const PENDING = 'medilink.refresh';
/** Where it is noted that somebody has signed out without a line. */
const LEFT = 'medilink.left';
/** Under which name the device keeps who was in. */
const KEPT = 'session';
/** Tells other tabs that the person has signed out. */
const tabs = new BroadcastChannel('medilink.session');

tabs.onmessage = () => void end('signed-out');

/** Takes what the server gave at the door. Whoever left before has no session here any more. */
export function enter(tokens: Tokens, response: Response): void {
  localStorage.removeItem(LEFT);
  take(tokens, response);
}

function take(tokens: Tokens, response: Response): Access {
  const now = Date.now();
  // The clock of a phone may be wrong by hours; how long something lasts is not.
  const told = Date.parse(response.headers.get('date') ?? '');
  const ahead = Number.isNaN(told) ? 0 : now - told;
  const access: Access = {
    token: tokens.access_token,
    until: now + tokens.expires_in * 1000,
    began: now,
    person: tokens.person,
    session: tokens.session,
    idleUntil: Date.parse(tokens.idle_until) + ahead,
    endsAt: Date.parse(tokens.expires_at) + ahead,
  };
  sawPosition(tokens.position);
  session.setState(() => ({ state: 'in', access }));
  void keep(KEPT, { ...access, token: undefined });
  return access;
}

/** Leaves the session, and what the device kept for it, behind in this tab. */
async function end(reason: Reason): Promise<void> {
  forgetSent();
  await forget();
  session.setState((now) => ({ state: 'out', ...(now.state === 'in' && { reason }) }));
}

/** Leaves it behind in every tab. The server has ended it already. */
export async function leave(): Promise<void> {
  tabs.postMessage('out');
  await end('signed-out');
}

/** Has the session ended as soon as there is a line: its cookie would let the next one in. */
export function leaveLater(): void {
  localStorage.setItem(LEFT, 'yes');
}

/** Ends what was left without a line. Nobody is in, even while the server can't be told. */
async function endWhatWasLeft({ session: left, access_token }: Tokens): Promise<void> {
  try {
    const response = await fetchInTime(`/v1/me/sessions/${left}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${access_token}` },
    });
    if (response.ok) localStorage.removeItem(LEFT);
  } catch {
    // It is ended another time.
  }
  await end('signed-out');
}

/** Whoever was in when there was still a line, for as long as their session would have lasted. */
export async function resume(): Promise<void> {
  const access = await kept<Access>(KEPT);
  const lasts = access !== undefined && Date.now() < Math.min(access.idleUntil, access.endsAt);
  session.setState(() =>
    lasts ? { state: 'in', access: { ...access, token: undefined, until: 0 } } : { state: 'out' },
  );
}

/**
 * Changes the refresh token for another access token. One tab at a time: a refresh token is
 * good once, and used twice it ends the session. None when the session is over.
 */
export async function refresh(): Promise<Access | undefined> {
  return navigator.locks.request('medilink.refresh', async (): Promise<Access | undefined> => {
    const before = session.state;
    const attempt = localStorage.getItem(PENDING) ?? crypto.randomUUID();
    localStorage.setItem(PENDING, attempt);
    let response: Response;
    try {
      response = await fetchInTime('/v1/sessions/refresh', {
        method: 'POST',
        headers: { ...IN_COOKIE, 'Content-Type': 'application/json', 'Idempotency-Key': attempt },
        body: '{}',
      });
    } catch (error) {
      throw new Unreachable(error);
    }
    if (response.ok) {
      const tokens: Tokens = await response.json();
      localStorage.removeItem(PENDING);
      if (localStorage.getItem(LEFT) === null) return take(tokens, response);
      await endWhatWasLeft(tokens);
      return undefined;
    }
    const problem = await problemOf(response);
    if (!(problem instanceof Problem) || problem.passing) throw problem;
    localStorage.removeItem(PENDING);
    // Whoever has come in by the door meanwhile has a session of their own.
    if (session.state === before) await end('over');
    return undefined;
  });
}

/**
 * The token to send now, renewed when it is about to end. What a page does by itself asks
 * `present` first: it must not keep a session open that its person has left.
 */
export async function token(): Promise<string | undefined> {
  const now = session.state;
  if (now.state !== 'in') return undefined;
  if (Date.now() < now.access.until - MARGIN) return now.access.token;
  return (await refresh())?.token;
}

/** Whether the person has touched the page since the session was last kept open. */
export function present(): boolean {
  const now = session.state;
  if (now.state !== 'in') return false;
  return activeSince(now.access.began) || Date.now() < now.access.until - MARGIN;
}

/** Another token, because the server refused this one. */
export async function renew(refused: string): Promise<string | undefined> {
  const now = session.state;
  if (now.state === 'in' && now.access.token !== refused) return now.access.token;
  return (await refresh())?.token;
}
