/**
 * Days and months in Punjabi (CLDR 46, `pa`): Chromium comes without them, and would write
 * `M11` for November.
 */
const WEEKDAYS: Record<string, string> = {
  Mon: 'ਸੋਮ',
  Tue: 'ਮੰਗਲ',
  Wed: 'ਬੁੱਧ',
  Thu: 'ਵੀਰ',
  Fri: 'ਸ਼ੁੱਕਰ',
  Sat: 'ਸ਼ਨਿੱਚਰ',
  Sun: 'ਐਤ',
};
const MONTHS: Record<string, string> = {
  Jan: 'ਜਨਵਰੀ',
  Feb: 'ਫ਼ਰਵਰੀ',
  Mar: 'ਮਾਰਚ',
  Apr: 'ਅਪ੍ਰੈਲ',
  May: 'ਮਈ',
  Jun: 'ਜੂਨ',
  Jul: 'ਜੁਲਾਈ',
  Aug: 'ਅਗਸਤ',
  Sep: 'ਸਤੰਬਰ',
  Oct: 'ਅਕਤੂਬਰ',
  Nov: 'ਨਵੰਬਰ',
  Dec: 'ਦਸੰਬਰ',
};

/** Writes a moment as `formatter`, which is English, in Punjabi. */
export function inPunjabi(formatter: Intl.DateTimeFormat, at: Date): string {
  const parts = formatter.formatToParts(at).map(({ type, value }) => {
    if (type === 'weekday') return WEEKDAYS[value.slice(0, 3)] ?? value;
    if (type === 'month') return MONTHS[value.slice(0, 3)] ?? value;
    if (type === 'dayPeriod') return value.toLowerCase().startsWith('a') ? 'ਪੂ.ਦੁ.' : 'ਬਾ.ਦੁ.';
    return value;
  });
  return parts.join('');
}
