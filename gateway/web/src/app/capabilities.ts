import { pages as access } from '@/access/pages';
import { pages as account } from '@/account/pages';
import { pages as application } from '@/application/pages';
import { pages as appointment } from '@/appointment/pages';
import { pages as attendance } from '@/attendance/pages';
import { pages as board } from '@/board/pages';
import { pages as checkpoint } from '@/checkpoint/pages';
import { pages as consent } from '@/consent/pages';
import { pages as consentRegister } from '@/consent_register/pages';
import { pages as deadLetter } from '@/dead_letter/pages';
import { pages as disclosure } from '@/disclosure/pages';
import { pages as emergencyAccess } from '@/emergency_access/pages';
import { pages as emergencyReview } from '@/emergency_review/pages';
import { pages as erasure } from '@/erasure/pages';
import { pages as exported } from '@/export/pages';
import { pages as guardian } from '@/guardian/pages';
import { pages as hospital } from '@/hospital/pages';
import { pages as hospitalCode } from '@/hospital_code/pages';
import { pages as integrator } from '@/integrator/pages';
import { pages as invitation } from '@/invitation/pages';
import { pages as legalHold } from '@/legal_hold/pages';
import { pages as notice } from '@/notice/pages';
import { pages as patient } from '@/patient/pages';
import { pages as policy } from '@/policy/pages';
import { pages as readModel } from '@/read_model/pages';
import { pages as schedule } from '@/schedule/pages';
import { pages as session } from '@/session/pages';
import { pages as settings } from '@/settings/pages';
import { pages as slot } from '@/slot/pages';
import { pages as staff } from '@/staff/pages';
import { pages as visitType } from '@/visit_type/pages';
import { pages as waitlist } from '@/waitlist/pages';
import { pages as app } from './pages';
import { inside, open, root } from './roots';

/** Every capability's pages, one line each. */
export const routes = root.addChildren([
  open.addChildren([...account.open, ...erasure.open, ...invitation.open, ...session.open]),
  inside.addChildren([
    ...access.inside,
    ...account.inside,
    ...app.inside,
    ...application.inside,
    ...appointment.inside,
    ...attendance.inside,
    ...board.inside,
    ...checkpoint.inside,
    ...consent.inside,
    ...consentRegister.inside,
    ...deadLetter.inside,
    ...disclosure.inside,
    ...emergencyAccess.inside,
    ...emergencyReview.inside,
    ...erasure.inside,
    ...exported.inside,
    ...guardian.inside,
    ...hospital.inside,
    ...hospitalCode.inside,
    ...integrator.inside,
    ...invitation.inside,
    ...legalHold.inside,
    ...notice.inside,
    ...patient.inside,
    ...policy.inside,
    ...readModel.inside,
    ...schedule.inside,
    ...settings.inside,
    ...slot.inside,
    ...staff.inside,
    ...visitType.inside,
    ...waitlist.inside,
  ]),
]);
