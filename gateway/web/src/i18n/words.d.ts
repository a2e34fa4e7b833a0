import type account from '../account/words/en.json';
import type app from '../app/words/en.json';
import type appointment from '../appointment/words/en.json';
import type feedback from '../feedback/words/en.json';
import type patterns from '../patterns/words/en.json';
import type second_factor from '../second_factor/words/en.json';
import type session from '../session/words/en.json';
import type slot from '../slot/words/en.json';
import type waitlist from '../waitlist/words/en.json';

/** The words of each capability, one line each: a name that isn't there is a type error. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: {
      account: typeof account;
      app: typeof app;
      appointment: typeof appointment;
      feedback: typeof feedback;
      patterns: typeof patterns;
      second_factor: typeof second_factor;
      session: typeof session;
      slot: typeof slot;
      waitlist: typeof waitlist;
    };
  }
}
