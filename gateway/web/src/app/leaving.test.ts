import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { asked, prove } from '@/session/proof';
import { type Access, session } from '@/session/state';
import { leaveNothing } from './leaving';
import { said, say } from './say';

const access: Access = {
  token: 'one',
  began: 0,
  until: 1,
  person: '0198c1de-0000-7000-8000-000000000001',
  session: '0198c1de-0000-7000-8000-000000000002',
  idleUntil: 1,
  endsAt: 1,
};

test('who comes next finds nothing of whoever was in', async () => {
  const queries = new QueryClient();
  leaveNothing(queries);
  session.setState(() => ({ state: 'in', access }));
  queries.setQueryData(['patient'], { name: 'Asha Rao' });
  say({ text: 'The visit is booked.' });
  const proven = prove();
  expect(asked.state).toBeDefined();

  session.setState(() => ({ state: 'out', reason: 'over' }));
  expect(await proven).toBe(false);
  expect(asked.state).toBeUndefined();
  expect(said.state).toBeUndefined();
  expect(queries.getQueryData(['patient'])).toBeUndefined();
});
