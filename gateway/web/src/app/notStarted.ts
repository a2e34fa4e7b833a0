import { type Language, preferredLanguage } from '@/i18n/languages';

/** Here, as what has all other words has not come. */
const SAID: Record<Language, { text: string; again: string }> = {
  en: {
    text: 'MediLink could not be loaded. Check your connection and try again.',
    again: 'Try again',
  },
  hi: {
    text: 'मेडिलिंक लोड नहीं हो सका। अपना इंटरनेट कनेक्शन जाँचें और फिर से कोशिश करें।',
    again: 'फिर से कोशिश करें',
  },
  pa: {
    text: 'ਮੈਡੀਲਿੰਕ ਲੋਡ ਨਹੀਂ ਹੋ ਸਕਿਆ। ਆਪਣਾ ਇੰਟਰਨੈੱਟ ਕਨੈਕਸ਼ਨ ਜਾਂਚੋ ਅਤੇ ਦੁਬਾਰਾ ਕੋਸ਼ਿਸ਼ ਕਰੋ।',
    again: 'ਦੁਬਾਰਾ ਕੋਸ਼ਿਸ਼ ਕਰੋ',
  },
};

/** Where it stays when the page was last loaded again because of this, for as long as the tab. */
const TRIED = 'medilink.tried';
/** For how long that is not done once more, in ms. */
const WHILE = 60_000;

/**
 * The application did not start. That mostly passes, so the page is loaded again, once; then it is
 * said where the application would be, and tried by hand, and when there is a line again.
 */
export function notStarted(error: unknown): void {
  const first = document.querySelector('.first');
  // What goes wrong later is said by the application itself.
  if (first === null) throw error;
  const tried = Number(sessionStorage.getItem(TRIED));
  // Without a line there would be nothing left to say it with.
  if (navigator.onLine && Date.now() - tried > WHILE) {
    sessionStorage.setItem(TRIED, String(Date.now()));
    location.reload();
  } else {
    say(first);
  }
}

function say(first: Element): void {
  const language = preferredLanguage();
  const { text, again } = SAID[language];
  document.documentElement.lang = language;
  const press = document.createElement('button');
  press.className = 'press filled';
  press.textContent = again;
  press.onclick = () => location.reload();
  const said = document.createElement('p');
  said.textContent = text;
  first.querySelector('.slow')?.remove();
  first.append(said, press);
  addEventListener('online', () => location.reload());
}
