import { passes, problemOf, Unreachable } from './problem';

/** What a request needs to know of whoever sends it. Set once, by the session. */
export interface Sender {
  /** The access token, renewed when it is about to end; none for a visitor. */
  token(): Promise<string | undefined>;
  /** Another one, because this was refused; none when the session is over. */
  renew(refused: string): Promise<string | undefined>;
  /** Has the person prove again who they are; false when they would rather not. */
  prove(): Promise<boolean>;
}

/** By which the server knows a command that is sent again. */
const KEY = 'Idempotency-Key';

let sender: Sender | undefined;
let seen = 0;

export function sendAs(who: Sender): void {
  sender = who;
}

/** Has later reads wait for this position of the log, so that people see their own changes. */
export function sawPosition(position: number): void {
  seen = Math.max(seen, position);
}

/** Forgets what whoever was in has sent and seen: who comes next is another. */
export function forgetSent(): void {
  seen = 0;
  ahead.clear();
  unanswered.clear();
}

/**
 * The keys of commands that nobody knows the outcome of, by what they say: sent once more by their
 * person, each has the key that it had, so that it takes effect once.
 */
const unanswered = new Map<string, string>();

/** For how long, in ms: who says the same later than that means it anew. */
const ONCE = 5 * 60_000;

/** By what a command is known again. A digest, as it may hold a password. */
async function digestOf(request: Request): Promise<string> {
  const version = request.headers.get('If-Match') ?? '';
  const said = `${request.method} ${request.url}\n${version}\n${await request.clone().text()}`;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(said));
  return String.fromCharCode(...new Uint8Array(digest));
}

/** For how long an answer that came ahead is waited for by who needs it, in ms. */
const WAITS = 30_000;

const ahead = new Map<string, Promise<Response>>();
let begun = false;

/** From now on nothing is asked ahead: who needs it is there. */
export function begin(): void {
  begun = true;
}

/**
 * Asks for what will be asked for in a moment, by code that is still coming: the first `send` of
 * the same address has this answer. None when that code has come.
 */
export async function sendAhead(path: string): Promise<Response | undefined> {
  if (begun) return undefined;
  const { href } = new URL(path, location.origin);
  const answer = send(new Request(href));
  ahead.set(href, answer);
  setTimeout(() => ahead.delete(href), WAITS);
  return (await answer).clone();
}

/**
 * `fetch` for the API: says who asks, waits for one's own changes, gives a command its key for
 * repeats, renews what has run out, and asks for a fresh proof where one is needed.
 * Throws a `Problem` for every refusal and `Unreachable` when no answer came.
 */
export async function send(request: Request): Promise<Response> {
  if (request.method === 'GET' || request.headers.has(KEY)) return answer(request);
  const digest = await digestOf(request);
  request.headers.set(KEY, unanswered.get(digest) ?? crypto.randomUUID());
  try {
    const response = await answer(request);
    unanswered.delete(digest);
    return response;
  } catch (error) {
    if (passes(error)) {
      unanswered.set(digest, request.headers.get(KEY) ?? '');
      setTimeout(() => unanswered.delete(digest), ONCE);
    } else unanswered.delete(digest);
    throw error;
  }
}

async function answer(request: Request): Promise<Response> {
  const command = request.method !== 'GET';
  const asked = command ? undefined : ahead.get(request.url);
  if (asked !== undefined) {
    ahead.delete(request.url);
    return asked;
  }
  if (command) ahead.clear();
  if (!command && seen > 0) request.headers.set('Medilink-Min-Position', String(seen));
  const token = await sender?.token();
  let response = await attempt(request, token);
  if (response.status === 401 && token !== undefined) {
    const next = await sender?.renew(token);
    if (next !== undefined) response = await attempt(request, next);
  }
  if (response.status === 403 && sender !== undefined) {
    const problem = await problemOf(response.clone());
    const wanted =
      problem instanceof Error && 'kind' in problem && problem.kind === 'proof-required';
    if (wanted && (await sender.prove())) {
      response = await attempt(request, await sender.token());
    }
  }
  if (!response.ok && response.status !== 304) throw await problemOf(response);
  if (command) {
    const position = Number(response.headers.get('medilink-position') ?? Number.NaN);
    if (Number.isSafeInteger(position)) sawPosition(position);
  }
  return response;
}

/** One try. A body can be read once, so each try sends a copy. */
async function attempt(request: Request, token: string | undefined): Promise<Response> {
  const copy = request.clone();
  if (token !== undefined) copy.headers.set('Authorization', `Bearer ${token}`);
  try {
    return await fetchInTime(copy);
  } catch (error) {
    if (copy.signal.aborted) throw error;
    throw new Unreachable(error);
  }
}

/** How long no answer may begin, in ms: longer than the server lets any request take. */
export const PATIENCE = 45_000;

/**
 * `fetch` that fails when no answer has begun in time. On a line that died without a word it would
 * wait for ever, and so would whoever waits for it.
 */
async function fetchInTime(request: Request): Promise<Response> {
  const late = new AbortController();
  const giveUp = () => late.abort();
  const timer = setTimeout(giveUp, PATIENCE);
  // Not `AbortSignal.any`, which phones of three years ago don't have.
  if (request.signal.aborted) giveUp();
  request.signal.addEventListener('abort', giveUp);
  try {
    return await fetch(request, { signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
}
