import i18next, { type CustomTypeOptions } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { wordsOf } from './fetch';
import { keepLanguage, type Language, preferredLanguage } from './languages';

/** A folder with words. */
export type Capability = keyof CustomTypeOptions['resources'];

/** Starts with the words that every page says; each capability's come with its pages. */
export async function startI18n(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use({
      type: 'backend',
      init() {},
      read: (language: Language, capability: string) => wordsOf(language, capability),
    })
    .init({
      lng: preferredLanguage(),
      fallbackLng: false,
      ns: ['app', 'appointment', 'patterns'],
      defaultNS: 'app',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  told(i18next.language as Language);
}

/** Has a capability's words come. i18next goes on without them, and doesn't ask for them again. */
export async function prepareWords(capability: Capability): Promise<void> {
  const had = () => i18next.hasResourceBundle(i18next.language, capability);
  await i18next.loadNamespaces(capability);
  if (!had()) await i18next.reloadResources(i18next.language, capability);
  if (!had()) throw new Error(`no words of ${capability}`);
}

export async function speak(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  keepLanguage(language);
  told(language);
}

function told(language: Language): void {
  document.documentElement.lang = language;
}
