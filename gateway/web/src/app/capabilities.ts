import { pages as access } from '@/access/pages';
import { pages as account } from '@/account/pages';
import { pages as appointment } from '@/appointment/pages';
import { pages as consent } from '@/consent/pages';
import { pages as emergency_review } from '@/emergency_review/pages';
import { pages as erasure } from '@/erasure/pages';
import { pages as exported } from '@/export/pages';
import { pages as guardian } from '@/guardian/pages';
import { pages as integrator } from '@/integrator/pages';
import { pages as legal_hold } from '@/legal_hold/pages';
import { pages as notice } from '@/notice/pages';
import { pages as policy } from '@/policy/pages';
import { pages as session } from '@/session/pages';
import { pages as slot } from '@/slot/pages';
import { pages as waitlist } from '@/waitlist/pages';
import { inside, open, root } from './roots';

/** Every capability's pages, one line each. */
export const routes = root.addChildren([
  open.addChildren([...account.open, ...erasure.open, ...session.open]),
  inside.addChildren([
    ...access.inside,
    ...account.inside,
    ...appointment.inside,
    ...consent.inside,
    ...emergency_review.inside,
    ...erasure.inside,
    ...exported.inside,
    ...guardian.inside,
    ...integrator.inside,
    ...legal_hold.inside,
    ...notice.inside,
    ...policy.inside,
    ...slot.inside,
    ...waitlist.inside,
  ]),
]);
