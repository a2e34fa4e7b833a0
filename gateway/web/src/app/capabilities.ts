import { pages as account } from '@/account/pages';
import { pages as appointment } from '@/appointment/pages';
import { pages as session } from '@/session/pages';
import { pages as slot } from '@/slot/pages';
import { pages as waitlist } from '@/waitlist/pages';
import { inside, open, root } from './roots';

/** Every capability's pages, one line each. */
export const routes = root.addChildren([
  open.addChildren([...account.open, ...session.open]),
  inside.addChildren([
    ...account.inside,
    ...appointment.inside,
    ...slot.inside,
    ...waitlist.inside,
  ]),
]);
