import i18next from 'i18next';
import { expect, test, vi } from 'vitest';
import { prepareWords, speak, startI18n } from '.';
import { wordsOf } from './fetch';

vi.mock(import('./fetch'), () => ({ wordsOf: vi.fn() }));
vi.mock(import('./languages'), async (original) => ({
  ...(await original()),
  preferredLanguage: () => 'en' as const,
  keepLanguage: () => undefined,
}));
vi.stubGlobal('document', { documentElement: { lang: '' } });

const come = vi.mocked(wordsOf);
const noLine = new Error('no line');
const title = () => i18next.t('title' as never, { ns: 'policy' });

test('words that did not come are missed, and asked for again', async () => {
  come.mockRejectedValueOnce(noLine);
  await expect(startI18n()).rejects.toBe(noLine);
  come.mockImplementation(async (language) => ({ title: language === 'hi' ? 'नियम' : 'Policies' }));
  await startI18n();

  come.mockRejectedValueOnce(noLine);
  await expect(prepareWords('policy')).rejects.toBe(noLine);
  await prepareWords('policy');
  expect(title()).toBe('Policies');
  const asked = come.mock.calls.length;
  await prepareWords('policy');
  expect(come).toHaveBeenCalledTimes(asked);

  come.mockRejectedValueOnce(noLine);
  await expect(speak('hi')).rejects.toBe(noLine);
  expect([i18next.language, title()]).toEqual(['en', 'Policies']);
  await speak('hi');
  expect([i18next.language, title(), document.documentElement.lang]).toEqual(['hi', 'नियम', 'hi']);
});
