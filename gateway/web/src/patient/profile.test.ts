import { expect, test } from 'vitest';
import { chosenLeads, howOf, leadsOffered } from './leads';
import { bodyOf, valuesOf } from './profile';

const NEW = {
  id: '0198c1de-0000-7000-8000-000000000001',
  name: 'Asha Rao',
  phone: '+919876543210',
  language: 'pa',
  version: 1,
} as const;

test('who has said nothing but their language sends nothing else', () => {
  expect(bodyOf(valuesOf(NEW, 'India'))).toEqual({ language: 'pa', accessibility: [] });
});

test('what was said is sent again as it was', () => {
  const profile = {
    gender: 'female',
    address: { lines: ['12 Mall Road', 'Near the tank'], city: 'Ludhiana', country: 'India' },
    emergency_contact: { name: 'Bina Rao', phone: '+919812345678', relation: 'sister' },
    accessibility: ['wheelchair'],
    accessibility_note: 'a ramp',
  } as const;
  const patient = {
    ...NEW,
    profile: {
      ...profile,
      address: { ...profile.address, lines: [...profile.address.lines] },
      accessibility: [...profile.accessibility],
    },
  };
  expect(bodyOf(valuesOf(patient, 'India'))).toEqual({ language: 'pa', ...profile });
});

test('an address of which a part is missing is sent for the server to say so', () => {
  const typed = { ...valuesOf(NEW, 'India'), region: 'Punjab' };
  expect(bodyOf(typed).address).toEqual({
    lines: [],
    city: '',
    region: 'Punjab',
    country: 'India',
  });
});

test('reminders are as usual, of one’s own, or none', () => {
  expect(howOf(undefined)).toBe('usual');
  expect(howOf([])).toBe('never');
  expect(howOf([60])).toBe('chosen');
  expect(leadsOffered([45])).toEqual([10080, 2880, 1440, 180, 60, 45, 15]);
  expect(chosenLeads('usual', ['60'])).toBeNull();
  expect(chosenLeads('never', ['60'])).toEqual([]);
  expect(chosenLeads('chosen', ['60', '15'])).toEqual([60, 15]);
});
