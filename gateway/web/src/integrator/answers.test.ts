import { expect, test } from 'vitest';
import type { Me } from '@/app/me';
import { answersFor } from './answers';

const manager = (...hospitals: string[]): Me => ({
  id: 'someone',
  tenant: 'network',
  roles: ['patient'],
  posts: [
    ...hospitals.map((hospital) => ({ role: 'administrator', hospital })),
    { role: 'receptionist', hospital: 'east' },
  ],
  second_factor: true,
});

test('a manager answers for programs of hospitals that are all their own', () => {
  expect(answersFor(manager('north'), ['north'])).toBe(true);
  expect(answersFor(manager('north', 'south'), ['north', 'south'])).toBe(true);
  expect(answersFor(manager('north'), ['north', 'south'])).toBe(false);
  expect(answersFor(manager('north'), ['east'])).toBe(false);
});

test('for a program of the whole network answers who has their role in all of it', () => {
  expect(answersFor(manager('north'), [])).toBe(false);
  for (const role of ['administrator', 'platform-administrator']) {
    const network = { ...manager(), roles: [role] };
    expect(answersFor(network, [])).toBe(true);
    expect(answersFor(network, ['north', 'south'])).toBe(true);
  }
});
