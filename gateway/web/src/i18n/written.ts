import { useTranslation } from 'react-i18next';
import { type Language, LOCALES } from './languages';
import { inPunjabi } from './punjabi';

/** How moments, days, numbers and money are written for this reader. */
export interface Written {
  readonly language: Language;
  /** A day and a time where it takes place, such as `Mon, 23 Nov, 9:30 am`; its year if it is another. */
  moment(instant: string, zone?: string): string;
  time(instant: string, zone?: string): string;
  /** The day of an instant. */
  day(instant: string, zone?: string): string;
  /** A calendar day, `2026-11-23`, which is in no zone. */
  date(day: string): string;
  /** A calendar day of a week, such as `Mon, 23 Nov`. */
  weekday(day: string): string;
  number(value: number): string;
}

const made = new Map<Language, Written>();

/** How this is written in a language. */
export function writtenIn(language: Language): Written {
  const locale = LOCALES[language];
  const format = (options: Intl.DateTimeFormatOptions) => {
    const zones = new Map<string | undefined, Intl.DateTimeFormat>();
    return (instant: string, zone?: string) => {
      let formatter = zones.get(zone);
      if (formatter === undefined) {
        formatter = new Intl.DateTimeFormat(locale, {
          ...options,
          ...(zone && { timeZone: zone }),
        });
        zones.set(zone, formatter);
      }
      const at = new Date(instant);
      return language === 'pa' ? inPunjabi(formatter, at) : formatter.format(at);
    };
  };
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const date = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const weekday = format(day);
  const year = format({ year: 'numeric' });
  const near = format({ ...day, ...time });
  const far = format({ ...day, year: 'numeric', ...time });
  const numbers = new Intl.NumberFormat(locale);
  return {
    language,
    moment(instant, zone) {
      const now = new Date().toISOString();
      return (year(instant, zone) === year(now, zone) ? near : far)(instant, zone);
    },
    time: format(time),
    day: format({ ...day, year: 'numeric' }),
    date: (value) => date(`${value}T12:00:00Z`, 'UTC'),
    weekday: (value) => weekday(`${value}T12:00:00Z`, 'UTC'),
    number: (value) => numbers.format(value),
  };
}

export function useWritten(): Written {
  const language = useTranslation().i18n.language as Language;
  const written = made.get(language) ?? writtenIn(language);
  made.set(language, written);
  return written;
}
