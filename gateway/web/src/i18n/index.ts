import i18next, { type CustomTypeOptions, type ReadCallback } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { wordsOf } from './fetch';
import { keepLanguage, type Language, preferredLanguage } from './languages';

/** A folder with words. */
export type Capability = keyof CustomTypeOptions['resources'];

/** What every page says, and a patient's first one. */
const FIRST = ['app', 'appointment', 'patterns'] as const;

/**
 * Starts with the words that every page says; each capability's come with its pages. Throws when
 * they can't be had.
 */
export async function startI18n(): Promise<void> {
  const language = preferredLanguage();
  const had = FIRST.map(async (capability) => [capability, await wordsOf(language, capability)]);
  const words = Object.fromEntries(await Promise.all(had));
  await i18next
    .use(initReactI18next)
    .use({ type: 'backend', init() {}, read })
    .init({
      lng: language,
      fallbackLng: false,
      ns: FIRST,
      defaultNS: 'app',
      resources: { [language]: words },
      partialBundledLanguages: true,
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  told(language);
}

/** After how long words that did not come are asked for again, in ms. */
const AGAIN = 5_000;

/** For what a page says beside its own words: it waits until they come. */
function read(language: string, capability: string, done: ReadCallback): void {
  wordsOf(language as Language, capability).then(
    (words) => done(null, words),
    () => setTimeout(() => read(language, capability, done), AGAIN),
  );
}

/** Has a capability's words come. Throws when they don't. */
export async function prepareWords(capability: Capability): Promise<void> {
  await have(i18next.language as Language, capability);
}

async function have(language: Language, capability: string): Promise<void> {
  if (i18next.hasResourceBundle(language, capability)) return;
  i18next.addResourceBundle(language, capability, await wordsOf(language, capability));
}

let wanted: Language | undefined;

/**
 * Goes over to another language, once all that has been said can be said in it, unless another one
 * is wanted by then. Throws when its words don't come.
 */
export async function speak(language: Language): Promise<void> {
  wanted = language;
  const said = Object.keys(i18next.getDataByLanguage(i18next.language) ?? {});
  await Promise.all(said.map((capability) => have(language, capability)));
  if (wanted !== language) return;
  await i18next.changeLanguage(language);
  keepLanguage(language);
  told(language);
}

function told(language: Language): void {
  document.documentElement.lang = language;
}
