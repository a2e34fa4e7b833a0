import { expect, test } from 'vitest';
import { moneyOf, typed } from './money';
import { classOf, lengthOf, minutesOf } from './typed';

test('a length of time is shown in its largest whole unit and sent in minutes', () => {
  for (const minutes of [0, 45, 60, 90, 1440, 2880]) {
    expect(minutesOf(lengthOf(minutes))).toBe(minutes);
  }
  expect(lengthOf(2880)).toEqual({ value: '2', unit: 'day' });
  expect(lengthOf(90)).toEqual({ value: '90', unit: 'minute' });
});

test('money goes to paise and back', () => {
  expect(moneyOf('150.5', 'INR')).toEqual({ minor: 15050, currency: 'INR' });
  expect(typed({ minor: 15050, currency: 'INR' })).toBe('150.50');
  expect(typed({ minor: 20000, currency: 'INR' })).toBe('200');
});

test('a class is written as the API has it', () => {
  expect(classOf(' Procedure room ')).toBe('procedure-room');
  expect(classOf('X-ray (2)')).toBe('x-ray-2');
});
