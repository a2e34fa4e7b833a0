import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { say } from '@/app/say';
import { money } from '@/i18n/money';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { LinkButton } from '@/patterns/Press';
import { useDue } from '@/patterns/useDue';
import { type Appointment, isLate } from './queries';

type Policy = components['schemas']['BookingPolicyOut'];

/**
 * Moving a visit that is ahead, and cancelling it until its patient is called, with what that costs
 * said first.
 */
export function VisitActions({ visit, policy }: { visit: Appointment; policy: Policy }) {
  const { t } = useTranslation('appointment');
  const begun = useDue(Date.parse(visit.starts_at));
  const ahead = visit.status === 'booked' && !begun;
  // Who waits there may still leave.
  if (!ahead && visit.status !== 'checked_in') return null;
  const path = { id: visit.id };
  return (
    <Stack spacing={2}>
      <Costs visit={visit} policy={policy} />
      <Stack direction="row" sx={{ gap: 1.5, flexWrap: 'wrap' }}>
        {ahead && (
          <LinkButton to="/book" search={{ move: visit.id }}>
            {t('visit.move')}
          </LinkButton>
        )}
        <Confirm
          does={t('visit.cancel')}
          title={t('visit.cancel_title')}
          color="error"
          send={() =>
            answered(
              api.POST('/v1/appointments/{id}/cancel', {
                params: { path, header: { 'If-Match': `"${visit.version}"` } },
                body: {},
              }),
            )
          }
          done={() => say({ text: t('visit.cancelled') })}
        >
          <Costs visit={visit} policy={policy} />
        </Confirm>
      </Stack>
    </Stack>
  );
}

/** What the hospital's rules say about cancelling or moving this visit. */
function Costs({ visit, policy }: { visit: Appointment; policy: Policy }) {
  const { t } = useTranslation('appointment');
  const written = useWritten();
  const fee = policy.cancellation.late_fee;
  const now = Date.now();
  // Who came without a booking, or has waited beyond their time, leaves no gap.
  const waited = visit.status === 'checked_in' && now >= Date.parse(visit.starts_at);
  if (fee === undefined || visit.walk_in || waited)
    return <Typography>{t('policy.free')}</Typography>;
  const amount = money(fee, written.language);
  if (isLate(visit, policy, now)) return <Typography>{t('policy.late', { amount })}</Typography>;
  const notice = policy.cancellation.notice_minutes * 60_000;
  const until = new Date(Date.parse(visit.starts_at) - notice).toISOString();
  return (
    <Typography>
      {t('policy.until', { time: written.moment(until, visit.time_zone), amount })}
    </Typography>
  );
}
