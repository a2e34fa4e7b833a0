import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { usePatient } from '@/app/patient';
import { say } from '@/app/say';
import type { Appointment } from '@/appointment/queries';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { money } from '@/i18n/money';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Field, Form, useCommandForm } from '@/patterns/form';
import type { Slot, Wish } from './queries';

/** A slot that was chosen: what it is, what cancelling would cost, and what the visit is for. */
export function BookForm(props: {
  slot: Slot;
  mode: Wish['mode'];
  visit?: Appointment;
  back: () => void;
}) {
  const { slot, mode, visit, back } = props;
  const { t } = useTranslation(['slot', 'appointment']);
  const written = useWritten();
  const person = usePatient();
  const navigate = useNavigate();
  const doctor = useQuery(doctorQuery(slot.doctor)).data;
  const hospital = useQuery(hospitalQuery(slot.hospital)).data;
  const rule = hospital?.booking_policy.cancellation;
  const form = useCommandForm({
    values: { reason: '' },
    fields: { '/reason': 'reason' },
    send: ({ reason }) =>
      visit === undefined
        ? answered(
            api.POST('/v1/appointments', {
              body: {
                patient: person,
                doctor: slot.doctor,
                starts_at: slot.starts_at,
                mode,
                ...(reason.trim() && { reason: reason.trim() }),
              },
            }),
          )
        : answered(
            api.POST('/v1/appointments/{id}/reschedule', {
              params: { path: { id: visit.id }, header: { 'If-Match': `"${visit.version}"` } },
              body: { starts_at: slot.starts_at },
            }),
          ),
    async done({ id }) {
      say({ text: t(visit === undefined ? 'booked' : 'move.done') });
      await navigate({ to: '/visits/$id', params: { id } });
    },
  });
  return (
    <Stack spacing={2}>
      <Paper sx={{ p: { xs: 2, md: 3 } }}>
        <Facts
          of={[
            [
              t('appointment:visit.when'),
              hospital && written.moment(slot.starts_at, hospital.time_zone),
            ],
            [t('appointment:doctor'), doctor?.name],
            [t('appointment:visit.where'), hospital?.name],
            [t('appointment:visit.how'), t(`appointment:mode.${mode}`)],
          ]}
        />
      </Paper>
      {rule && (
        <Typography>
          {rule.late_fee === undefined
            ? t('appointment:policy.free')
            : t('policy', {
                hours: written.number(Math.ceil(rule.notice_minutes / 60)),
                amount: money(rule.late_fee, written.language),
              })}
        </Typography>
      )}
      <Form
        of={form}
        submit={t(visit === undefined ? 'book' : 'move.go')}
        more={<Button onClick={back}>{t('back')}</Button>}
      >
        {visit === undefined && (
          <Field
            name="reason"
            required={false}
            multiline
            minRows={2}
            label={t('reason')}
            helperText={t('reason_why')}
          />
        )}
      </Form>
    </Stack>
  );
}
