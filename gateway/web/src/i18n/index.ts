import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { keepLanguage, type Language, preferredLanguage } from './languages';

/** Every capability keeps its words beside its pages; they are fetched with them. */
const files = import.meta.glob<{ default: object }>('../*/words/*.json');

export async function startI18n(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use({
      type: 'backend',
      init() {},
      async read(language: string, capability: string) {
        const load = files[`../${capability}/words/${language}.json`];
        if (load === undefined) throw new Error(`${capability} has no words in ${language}`);
        return (await load()).default;
      },
    })
    .init({
      lng: preferredLanguage(),
      fallbackLng: false,
      ns: ['app'],
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
