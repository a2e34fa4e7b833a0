import { beforeEach, expect, test, vi } from 'vitest';

const LEFT = 'medilink.left';
const store = new Map<string, string>();
/** What is sent, and whether there is a line for it. */
let sent: string[] = [];
let ends = true;
/** What the server answers for another token, when it does. */
let answer: () => Response | Promise<Response>;
const replace = vi.fn();

vi.stubGlobal('location', { replace });
vi.stubGlobal('localStorage', {
  getItem: (name: string) => store.get(name) ?? null,
  setItem: (name: string, value: string) => store.set(name, value),
  removeItem: (name: string) => store.delete(name),
});
vi.stubGlobal('navigator', { locks: { request: (_: string, run: () => unknown) => run() } });
vi.mock('@/device/vault', () => ({
  keep: async () => undefined,
  kept: async () => undefined,
  forget: async () => undefined,
}));

const tokens = {
  access_token: 'one',
  expires_in: 300,
  person: '0198c1de-0000-7000-8000-000000000001',
  session: '0198c1de-0000-7000-8000-000000000002',
  idle_until: new Date(Date.now() + 600_000).toISOString(),
  expires_at: new Date(Date.now() + 900_000).toISOString(),
  position: 7,
};
vi.stubGlobal('fetch', async (path: string, { method }: RequestInit) => {
  sent.push(`${method} ${path}`);
  if (method !== 'DELETE') return answer();
  if (!ends) throw new TypeError('no line');
  return new Response(null, { status: 204 });
});

const { enter, leaveLater, refresh } = await import('./tokens');
const { session } = await import('./state');
const states: string[] = [];
session.subscribe(() => {
  states.push(session.state.state);
});

beforeEach(() => {
  store.clear();
  sent = [];
  ends = true;
  answer = () => Response.json(tokens);
  replace.mockClear();
  open();
});

/** As when the page is opened. */
function open(): void {
  session.setState(() => ({ state: 'unknown' }));
  states.length = 0;
}

const END = [
  'POST /v1/sessions/refresh',
  'DELETE /v1/me/sessions/0198c1de-0000-7000-8000-000000000002',
];

test('a session that was left without a line lets nobody in, and is ended', async () => {
  leaveLater();
  expect(await refresh()).toBeUndefined();
  expect(sent).toEqual(END);
  expect(states).toEqual(['out']);
  expect(store.has(LEFT)).toBe(false);
});

test('it lets nobody in either while it can not be ended', async () => {
  leaveLater();
  ends = false;
  expect(await refresh()).toBeUndefined();
  expect(states).toEqual(['out']);
  ends = true;
  open();
  await refresh();
  expect(sent).toEqual([...END, ...END]);
});

test('whoever signs in after it stays in', async () => {
  leaveLater();
  enter(tokens as never, new Response());
  expect((await refresh())?.token).toBe('one');
  expect(sent).toEqual(['POST /v1/sessions/refresh']);
  expect(new Set(states)).toEqual(new Set(['in']));
});

test('whoever signs in while another token is asked for stays in, and that one is ended', async () => {
  await refresh();
  let resolve = (_: Response): void => undefined;
  const late = new Promise<Response>((come) => {
    resolve = come;
  });
  answer = () => late;
  const refreshed = refresh();
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  const other = { ...tokens, person: '0198c1de-0000-7000-8000-000000000003', session: 'theirs' };
  enter(other as never, new Response());
  resolve(Response.json(tokens));
  expect(await refreshed).toBeUndefined();
  expect(session.state).toMatchObject({ state: 'in', access: { session: 'theirs' } });
  expect(sent.slice(2)).toEqual(END.slice(1));
});

test('a tab that finds another person in begins anew', async () => {
  await refresh();
  answer = () => Response.json({ ...tokens, person: '0198c1de-0000-7000-8000-000000000003' });
  expect(await refresh()).toBeUndefined();
  expect(replace).toHaveBeenCalledWith('/');
});

test('a session that is over is found so once, however many ask', async () => {
  await refresh();
  const headers = { 'content-type': 'application/problem+json' };
  answer = () => Response.json({ type: '/problems/invalid-token' }, { status: 401, headers });
  expect(await Promise.all([refresh(), refresh()])).toEqual([undefined, undefined]);
  await refresh();
  expect(sent).toHaveLength(2);
  expect(session.state).toEqual({ state: 'out', reason: 'over', person: tokens.person });
});
