import { afterEach, expect, test, vi } from 'vitest';

const PERSON = '0198c1de-0000-7000-8000-000000000001';
let roles: string[] = [];
const asked: string[] = [];

vi.stubGlobal('location', { origin: 'https://medilink.example' });
vi.stubGlobal('fetch', async ({ url }: Request) => {
  const path = url.slice(location.origin.length);
  asked.push(path);
  return Response.json(path === '/v1/me' ? { roles, posts: [] } : { items: [] });
});
vi.mock('@/session/start', () => ({
  whenKnown: async () => ({ state: 'in', access: { person: PERSON, token: 'one' } }),
}));

/** Each test has the modules as a page that is just opened has them. */
async function opened() {
  vi.resetModules();
  const { prepareHome } = await import('./ahead');
  const { begin } = await import('@/api/send');
  const { meQuery } = await import('./roles');
  const { appointmentsQuery } = await import('@/appointment/queries');
  const { waitlistQuery } = await import('@/waitlist/queries');
  const read = async () => {
    const context = { signal: new AbortController().signal } as never;
    for (const query of [meQuery(PERSON), appointmentsQuery(PERSON), waitlistQuery(PERSON)]) {
      await (query.queryFn as (context: never) => Promise<unknown>)(context);
    }
  };
  return { prepareHome, begin, read };
}

afterEach(() => {
  asked.length = 0;
});

test('what was asked ahead is what a patient’s home asks for, and it is asked once', async () => {
  roles = ['patient'];
  const { prepareHome, begin, read } = await opened();
  await prepareHome();
  expect(asked).toHaveLength(3);
  begin();
  await read();
  expect(asked).toHaveLength(3);
  await read();
  expect(asked).toHaveLength(6);
});

test('nobody else’s data is asked for', async () => {
  roles = ['doctor'];
  const { prepareHome } = await opened();
  await prepareHome();
  expect(asked).toEqual(['/v1/me']);
});

test('once the application is there, it asks by itself', async () => {
  roles = ['patient'];
  const { prepareHome, begin } = await opened();
  begin();
  await prepareHome();
  expect(asked).toEqual([]);
});
