/** The languages of the platform, each by its own name. */
export const LANGUAGES = { en: 'English', hi: 'हिन्दी', pa: 'ਪੰਜਾਬੀ' } as const;

export type Language = keyof typeof LANGUAGES;

/** How dates and numbers are written: as in India, with digits that every reader knows. */
export const LOCALES: Record<Language, string> = {
  en: 'en-IN-u-nu-latn',
  hi: 'hi-IN-u-nu-latn',
  // English, whose names of days and months are then put in Punjabi: see punjabi.ts.
  pa: 'en-IN-u-nu-latn',
};

const KEPT = 'medilink.language';

function known(tag: string | null | undefined): Language | undefined {
  const language = tag?.split('-')[0];
  return language !== undefined && language in LANGUAGES ? (language as Language) : undefined;
}

/** What was chosen on this device, or what its owner reads. */
export function preferredLanguage(): Language {
  const wanted = navigator.languages.map(known).find((language) => language !== undefined);
  return known(localStorage.getItem(KEPT)) ?? wanted ?? 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
}
