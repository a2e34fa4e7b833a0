import i18next from 'i18next';
import { expect, test, vi } from 'vitest';
import { prepareWords } from '.';

test('words that did not come are missed, and asked for again', async () => {
  const come = vi.fn(async (): Promise<object> => {
    throw new Error('no line');
  });
  const read = (_language: string, _capability: string) => come();
  await i18next
    .use({ type: 'backend', init() {}, read })
    .init({ lng: 'hi', fallbackLng: false, ns: [] });
  await expect(prepareWords('policy')).rejects.toThrow('no words of policy');
  come.mockResolvedValue({ title: 'नियम' });
  await prepareWords('policy');
  expect(i18next.t('title' as never, { ns: 'policy' })).toBe('नियम');
  const asked = come.mock.calls.length;
  await prepareWords('policy');
  expect(come).toHaveBeenCalledTimes(asked);
});
