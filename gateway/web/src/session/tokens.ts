import { Problem, problemOf, Unreachable } from '@/api/problem';
import type { components } from '@/api/schema';
import { forgetSent, PATIENCE, sawPosition } from '@/api/send';
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
/** Tells other tabs that the person has signed out, or who has come in. */
const tabs = new BroadcastChannel('medilink.session');

tabs.onmessage = ({ data }: MessageEvent<{ out: true } | { person: string }>) => {
  if ('out' in data) void end('signed-out');
  else if (isAnother(data.person)) startAnew();
};

/** Whether this tab is somebody else's. */
function isAnother(person: string): boolean {
  const now = session.state;
  return now.state === 'in' && now.access.person !== person;
}

/** Leaves nothing of this tab's: what it shows, and what was typed into it, is another person's. */
function startAnew(): void {
  location.replace('/');
}

/** Takes what the server gave at the door. Whoever left before has no session here any more. */
export function enter(tokens: Tokens, response: Response): void {
  localStorage.removeItem(LEFT);
  take(tokens, response);
  tabs.postMessage({ person: tokens.person });
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
  const before = session.state;
  forgetSent();
  await forget();
  session.setState((now) => {
    if (now.state !== 'in') return { ...now, state: 'out' };
    // Whoever has come in meanwhile stays.
    const ended = before.state === 'in' && before.access.session === now.access.session;
    return ended ? { state: 'out', reason, person: now.access.person } : now;
  });
}

/** Leaves it behind in every tab. The server has ended it already. */
export async function leave(): Promise<void> {
  tabs.postMessage({ out: true });
  await end('signed-out');
}

/** Has the session ended as soon as there is a line: its cookie would let the next one in. */
export function leaveLater(): void {
  localStorage.setItem(LEFT, 'yes');
}

/** Ends a session that nobody is in: who has it was left without a line, or is no longer here. */
async function endOf({ session: left, access_token }: Tokens): Promise<boolean> {
  try {
    const response = await fetch(`/v1/me/sessions/${left}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${access_token}` },
      signal: AbortSignal.timeout(PATIENCE),
    });
    return response.ok;
  } catch {
    // It is ended another time.
    return false;
  }
}

/** Whoever was in when there was still a line, for as long as their session would have lasted. */
export async function resume(): Promise<void> {
  const access = await kept<Access>(KEPT);
  const lasts = access !== undefined && Date.now() < Math.min(access.idleUntil, access.endsAt);
  session.setState(() =>
    lasts ? { state: 'in', access: { ...access, token: undefined, until: 0 } } : { state: 'out' },
  );
}

let refreshing: Promise<Access | undefined> | undefined;

/**
 * Changes the refresh token for another access token. Once at a time, in this tab and among all:
 * a refresh token is good once, and used twice it ends the session. None when the session is over.
 */
export function refresh(): Promise<Access | undefined> {
  refreshing ??= inTurn();
  return refreshing;
}

async function inTurn(): Promise<Access | undefined> {
  try {
    return await navigator.locks.request('medilink.refresh', exchange);
  } finally {
    refreshing = undefined;
  }
}

async function exchange(): Promise<Access | undefined> {
  const before = session.state;
  if (before.state === 'out') return undefined;
  const left = localStorage.getItem(LEFT) !== null;
  const answer = await ask();
  // Whoever has come in by the door meanwhile has a session of their own, who has left has none.
  const changed = session.state !== before;
  if (answer === undefined) {
    if (!changed) await end('over');
    return undefined;
  }
  const { tokens, response } = answer;
  if (left || changed) {
    const ended = await endOf(tokens);
    if (left && ended) localStorage.removeItem(LEFT);
    // Nobody is in, even while the server can't be told.
    if (session.state === before) await end('signed-out');
    return undefined;
  }
  if (isAnother(tokens.person)) {
    startAnew();
    return undefined;
  }
  return take(tokens, response);
}

/** Asks for other tokens; none when the session is over. */
async function ask(): Promise<{ tokens: Tokens; response: Response } | undefined> {
  const attempt = localStorage.getItem(PENDING) ?? crypto.randomUUID();
  localStorage.setItem(PENDING, attempt);
  let response: Response;
  let tokens: Tokens | undefined;
  try {
    response = await fetch('/v1/sessions/refresh', {
      method: 'POST',
      headers: { ...IN_COOKIE, 'Content-Type': 'application/json', 'Idempotency-Key': attempt },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) tokens = await response.json();
  } catch (error) {
    throw new Unreachable(error);
  }
  if (tokens === undefined) {
    const problem = await problemOf(response);
    if (!(problem instanceof Problem) || problem.passing) throw problem;
  }
  localStorage.removeItem(PENDING);
  return tokens && { tokens, response };
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
