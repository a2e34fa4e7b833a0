import { prepareHome } from '@/app/ahead';
import { notStarted } from '@/app/notStarted';
import { wordsOf } from '@/i18n/fetch';
import { preferredLanguage } from '@/i18n/languages';
import { startSession } from '@/session/start';

import('./main').catch(notStarted);
// What takes a round trip each, while the larger part of the application is still coming.
startSession();
wordsOf(preferredLanguage(), 'app').catch(() => undefined);
if (location.pathname === '/') prepareHome().catch(() => undefined);
