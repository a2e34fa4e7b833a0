import { expect, test, vi } from 'vitest';
import { onwards } from './onwards';
import { type Access, session } from './state';

const TO = '/visits?for=0198c1de-0000-7000-8000-000000000009&move=1#top';

vi.stubGlobal('location', { origin: 'http://localhost' });

test('who comes back goes on for the child for whom they acted, another person does not', () => {
  session.setState(() => ({ state: 'in', access: { person: 'asha' } as Access }));
  expect(onwards(TO, 'asha')).toBe(TO);
  expect(onwards(TO, 'bina')).toBe('/visits?move=1#top');
  expect(onwards(TO, undefined)).toBe('/visits?move=1#top');
  expect(onwards('/visits', undefined)).toBe('/visits');
  expect(onwards(undefined, 'asha')).toBe('/');
});
