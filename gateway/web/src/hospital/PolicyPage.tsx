import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import type { Role } from '@/app/me';
import { saying } from '@/app/say';
import { Checks, Choice } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { moneyOf, typed } from './money';
import { policyRoute } from './pages';
import type { Hospital } from './queries';
import { Site } from './Site';
import { lengthOf, minutesOf } from './typed';

const WAIVERS: readonly Role[] = ['receptionist', 'administrator', 'doctor', 'department-head'];
/** Where nothing costs anything yet. */
const CURRENCY = 'INR';

/** A hospital's rules for bookings, in the words of whoever runs it. */
export function PolicyPage() {
  const { t } = useTranslation('hospital');
  const { hospital } = policyRoute.useParams();
  return (
    <Site hospital={hospital} title={t('link.policy.name')}>
      {(site) => (
        <>
          <p>{t('policy.text')}</p>
          <PolicyForm key={site.version} site={site} />
        </>
      )}
    </Site>
  );
}

function count(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function PolicyForm({ site }: { site: Hospital }) {
  const { t } = useTranslation(['hospital', 'app']);
  const { booking_policy: policy } = site;
  const late = policy.cancellation.late_fee;
  const missed = policy.no_show_fee;
  const currency = late?.currency ?? missed?.currency ?? CURRENCY;
  const form = useCommandForm({
    values: {
      notice: lengthOf(policy.minimum_notice_minutes),
      ahead: count(policy.most_days_ahead),
      open: count(policy.most_open_visits),
      daily: count(policy.most_visits_a_day),
      cancel: lengthOf(policy.cancellation.notice_minutes),
      late: late ? typed(late) : '',
      missed: missed ? typed(missed) : '',
      waived: [...policy.cancellation.waived_by] as string[],
      early: lengthOf(policy.check_in_opens_minutes),
      hold: lengthOf(policy.offer_hold_minutes),
    },
    fields: {
      '/most_days_ahead': 'ahead',
      '/most_open_visits': 'open',
      '/most_visits_a_day': 'daily',
      '/minimum_notice_minutes': 'notice.value',
      '/check_in_opens_minutes': 'early.value',
      '/offer_hold_minutes': 'hold.value',
      '/cancellation/notice_minutes': 'cancel.value',
    },
    send: (values) =>
      answered(
        api.PUT('/v1/hospitals/{id}/booking-policy', {
          params: { path: { id: site.id }, header: asSeen(site.version) },
          body: {
            minimum_notice_minutes: minutesOf(values.notice),
            ...(values.ahead && { most_days_ahead: Number(values.ahead) }),
            ...(values.open && { most_open_visits: Number(values.open) }),
            ...(values.daily && { most_visits_a_day: Number(values.daily) }),
            cancellation: {
              notice_minutes: minutesOf(values.cancel),
              ...(values.late && { late_fee: moneyOf(values.late, currency) }),
              waived_by: values.waived as Role[],
            },
            ...(values.missed && { no_show_fee: moneyOf(values.missed, currency) }),
            check_in_opens_minutes: minutesOf(values.early),
            offer_hold_minutes: minutesOf(values.hold),
          },
        }),
      ),
    done: saying(t('policy.done')),
  });
  const number = (name: string, most: number) => (
    <Field
      name={name}
      label={t(`policy.${name as 'ahead'}`)}
      helperText={t('policy.unruled')}
      type="number"
      required={false}
      slotProps={{ htmlInput: { min: 1, max: most }, inputLabel: { shrink: true } }}
    />
  );
  const fee = (name: 'late' | 'missed') => (
    <Field
      name={name}
      label={t(`policy.${name}`, { currency })}
      helperText={t('policy.free')}
      type="number"
      required={false}
      slotProps={{ htmlInput: { min: 0, step: 0.01 }, inputLabel: { shrink: true } }}
    />
  );
  return (
    <Form of={form} submit={t('policy.save')}>
      <Part title={t('policy.booking')}>
        <LengthField name="notice" help={t('policy.staff')} />
        {number('ahead', 732)}
        {number('open', 1000)}
        {number('daily', 1000)}
      </Part>
      <Part title={t('policy.cancelling')}>
        <LengthField name="cancel" help={t('policy.moving')} />
        {fee('late')}
        <Checks
          name="waived"
          label={t('policy.waived')}
          options={WAIVERS.map((role) => [role, t(`app:roles.${role}`)] as const)}
        />
        {fee('missed')}
      </Part>
      <Part title={t('policy.today')}>
        <LengthField name="early" help={t('policy.anytime')} />
        <LengthField name="hold" help={t('policy.offer')} />
      </Part>
    </Form>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack spacing={2} component="section" sx={{ maxWidth: '36rem' }}>
      <Typography variant="h2">{title}</Typography>
      {children}
    </Stack>
  );
}

/** A length of time: how many, and of what. */
function LengthField({
  name,
  help,
}: {
  name: 'notice' | 'cancel' | 'early' | 'hold';
  help: string;
}) {
  const { t } = useTranslation('hospital');
  const units = ['minute', 'hour', 'day'] as const;
  return (
    <Stack
      direction={{ xs: 'column', sm: 'row' }}
      spacing={1}
      role="group"
      aria-label={t(`policy.${name}`)}
    >
      <Field
        name={`${name}.value`}
        label={t(`policy.${name}`)}
        helperText={help}
        type="number"
        slotProps={{ htmlInput: { min: 0 } }}
      />
      <Choice
        name={`${name}.unit`}
        label={t('policy.unit.label')}
        options={units.map((unit) => [unit, t(`policy.unit.${unit}`)] as const)}
        sx={{ width: { sm: '9rem' }, flexShrink: 0 }}
      />
    </Stack>
  );
}
