import type app from '../app/words/en.json';
import type appointment from '../appointment/words/en.json';
import type patterns from '../patterns/words/en.json';
import type session from '../session/words/en.json';

/** The words of each capability, one line each: a name that isn't there is a type error. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: {
      app: typeof app;
      appointment: typeof appointment;
      patterns: typeof patterns;
      session: typeof session;
    };
  }
}
