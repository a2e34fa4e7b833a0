import { beforeEach, expect, test, vi } from 'vitest';

const ADDRESS = 'https://medilink.example/v1/me/dependants';
/** What the server answers, in order. */
let answers: (() => Response)[] = [];
/** The keys of what it was sent. */
const keys: (string | null)[] = [];

vi.stubGlobal('fetch', async (request: Request) => {
  keys.push(request.headers.get('Idempotency-Key'));
  const answer = answers.shift();
  if (answer === undefined) throw new TypeError('no line');
  return answer();
});

const taken = () => Response.json({});
const broken = () => new Response('<h1>Bad gateway</h1>', { status: 502 });
const refused = () =>
  Response.json(
    { type: 'https://medilink.dev/problems/bad-input', title: 'no', mend: 'no' },
    { status: 422, headers: { 'content-type': 'application/problem+json' } },
  );

function command(name: string): Request {
  return new Request(ADDRESS, { method: 'POST', body: JSON.stringify({ name }) });
}

/** The module as a page that is just opened has it. */
async function opened() {
  vi.resetModules();
  const { forgetSent, send } = await import('./send');
  const sent = async (name: string) => send(command(name)).catch(() => undefined);
  return { forgetSent, sent };
}

beforeEach(() => {
  keys.length = 0;
  answers = [];
});

test('a command that nobody answered has its key again when its person sends it again', async () => {
  const { sent } = await opened();
  await sent('Bina');
  answers = [broken, taken, taken];
  await sent('Bina');
  await sent('Bina');
  const [first, second, third, ...none] = keys;
  expect(none).toEqual([]);
  expect(first).toBeTruthy();
  expect([second, third]).toEqual([first, first]);
  // It took effect: now it is another one.
  answers = [taken];
  await sent('Bina');
  expect(keys[3]).not.toBe(first);
});

test('another command, one that was refused, and one of another person have keys of their own', async () => {
  const { forgetSent, sent } = await opened();
  await sent('Bina');
  await sent('Chand');
  answers = [refused];
  await sent('Bina');
  await sent('Bina');
  forgetSent();
  await sent('Chand');
  expect(keys[2]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(4);
});
