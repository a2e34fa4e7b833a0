import { expect, test } from 'vitest';
import { speaksOf } from './speaks';

const policy = (text: string) => ({ id: 'some', text });

test('a policy speaks of the actions in its scope', () => {
  const some = policy('permit (principal, action in [Action::"a-b", Action::"c"], resource);');
  expect(speaksOf(some, 'a-b')).toBe(true);
  expect(speaksOf(some, 'c')).toBe(true);
  expect(speaksOf(some, 'd')).toBe(false);
});

test('a policy without an action in its scope speaks of all, whatever its conditions name', () => {
  const all = policy(
    'forbid (principal, action, resource)\nwhen { principal.roles.isEmpty() }\nunless { action == Action::"a" };',
  );
  expect(speaksOf(all, 'z')).toBe(true);
});
