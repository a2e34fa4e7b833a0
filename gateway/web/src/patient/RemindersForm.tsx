import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { Checks, Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { chosenLeads, howOf, leadsOffered, ticked } from './leads';
import type { Patient } from './queries';

/** When a patient is reminded of visits: as usual, at times of their choice, or never. */
export function RemindersForm({ patient }: { patient: Patient }) {
  const { t } = useTranslation('patient');
  const { reminders } = patient;
  const form = useCommandForm({
    values: { how: howOf(reminders) as string, leads: ticked(reminders).map(String) },
    send: ({ how, leads }) =>
      answered(
        api.PUT('/v1/patients/{id}/reminders', {
          params: { path: { id: patient.id }, header: asSeen(patient.version) },
          body: { leads: chosenLeads(how, leads) },
        }),
      ),
    done: saying(t('reminders.done')),
  });
  const how = form.form.watch('how');
  return (
    <Form of={form} submit={t('reminders.save')}>
      <Typography color="text.secondary">{t('reminders.text')}</Typography>
      <Choice
        name="how"
        label={t('reminders.how')}
        {...(how === 'usual' && { helperText: t('reminders.usual_when') })}
        options={(['usual', 'chosen', 'never'] as const).map(
          (one) => [one, t(`reminders.${one}`)] as const,
        )}
      />
      {how === 'chosen' && (
        <Checks
          name="leads"
          label={t('reminders.before')}
          help={t('reminders.most')}
          options={leadsOffered(reminders).map((minutes) => [
            String(minutes),
            t(`lead.${minutes}` as never, { defaultValue: t('lead.other', { minutes }) }),
          ])}
          required
        />
      )}
    </Form>
  );
}
