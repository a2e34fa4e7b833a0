import type access from '../access/words/en.json';
import type account from '../account/words/en.json';
import type app from '../app/words/en.json';
import type application from '../application/words/en.json';
import type appointment from '../appointment/words/en.json';
import type attendance from '../attendance/words/en.json';
import type board from '../board/words/en.json';
import type consent from '../consent/words/en.json';
import type disclosure from '../disclosure/words/en.json';
import type emergency_access from '../emergency_access/words/en.json';
import type emergency_review from '../emergency_review/words/en.json';
import type erasure from '../erasure/words/en.json';
import type exported from '../export/words/en.json';
import type feedback from '../feedback/words/en.json';
import type guardian from '../guardian/words/en.json';
import type hospital from '../hospital/words/en.json';
import type hospital_code from '../hospital_code/words/en.json';
import type integrator from '../integrator/words/en.json';
import type invitation from '../invitation/words/en.json';
import type legal_hold from '../legal_hold/words/en.json';
import type notice from '../notice/words/en.json';
import type patterns from '../patterns/words/en.json';
import type policy from '../policy/words/en.json';
import type schedule from '../schedule/words/en.json';
import type second_factor from '../second_factor/words/en.json';
import type session from '../session/words/en.json';
import type slot from '../slot/words/en.json';
import type staff from '../staff/words/en.json';
import type visit_type from '../visit_type/words/en.json';
import type waitlist from '../waitlist/words/en.json';

/** The words of each capability, one line each: a name that isn't there is a type error. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: {
      access: typeof access;
      account: typeof account;
      app: typeof app;
      application: typeof application;
      appointment: typeof appointment;
      attendance: typeof attendance;
      board: typeof board;
      consent: typeof consent;
      disclosure: typeof disclosure;
      emergency_access: typeof emergency_access;
      emergency_review: typeof emergency_review;
      erasure: typeof erasure;
      export: typeof exported;
      feedback: typeof feedback;
      guardian: typeof guardian;
      hospital: typeof hospital;
      hospital_code: typeof hospital_code;
      integrator: typeof integrator;
      invitation: typeof invitation;
      legal_hold: typeof legal_hold;
      notice: typeof notice;
      patterns: typeof patterns;
      policy: typeof policy;
      schedule: typeof schedule;
      second_factor: typeof second_factor;
      session: typeof session;
      slot: typeof slot;
      staff: typeof staff;
      visit_type: typeof visit_type;
      waitlist: typeof waitlist;
    };
  }
}
