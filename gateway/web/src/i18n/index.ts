import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { wordsOf } from './fetch';
import { keepLanguage, type Language, preferredLanguage } from './languages';

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

export async function speak(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
  keepLanguage(language);
  told(language);
}

function told(language: Language): void {
  document.documentElement.lang = language;
}
