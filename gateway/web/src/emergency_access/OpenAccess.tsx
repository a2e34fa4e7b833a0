import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { say } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Choice } from '@/patterns/choices';
import { FormDialog } from '@/patterns/FormDialog';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Note } from '@/patterns/Note';
import { type EmergencyReason, REASONS } from './queries';

/** Opens the record of a patient in an emergency: the button, what it means, and why. */
export function OpenAccess(props: {
  patient: string;
  /** Where the reader gives care: ids and names. */
  hospitals: readonly (readonly [string, string])[];
}) {
  const { t } = useTranslation('emergency_access');
  return (
    <FormDialog does={t('open.do')} title={t('open.title')} color="error" variant="contained">
      {(close) => <OpenForm {...props} close={close} />}
    </FormDialog>
  );
}

function OpenForm(props: {
  patient: string;
  hospitals: readonly (readonly [string, string])[];
  close: () => void;
}) {
  const { patient, hospitals, close } = props;
  const { t } = useTranslation('emergency_access');
  const written = useWritten();
  const queries = useQueryClient();
  const form = useCommandForm({
    values: { hospital: hospitals[0]?.[0] ?? '', reason: '', explanation: '' },
    send: (values) =>
      answered(
        api.POST('/v1/patients/{id}/emergency-accesses', {
          params: { path: { id: patient } },
          body: { ...values, reason: values.reason as EmergencyReason },
        }),
      ),
    done: async ({ until }) => {
      say({ text: t('open.done', { time: written.time(until) }) });
      close();
      queries.removeQueries({ queryKey: ['patient', patient] });
      queries.removeQueries({ queryKey: ['appointment', 'of', patient] });
    },
  });
  return (
    <Form of={form} submit={t('open.do')} color="error">
      <Note tone="warning">
        <p>{t('open.told')}</p>
        <p>{t('open.extent')}</p>
      </Note>
      {hospitals.length > 1 && (
        <Choice name="hospital" label={t('open.hospital')} options={hospitals} />
      )}
      <Choice
        name="reason"
        label={t('open.reason')}
        none={t('open.choose')}
        options={REASONS.map((reason) => [reason, t(`reason.${reason}`)] as const)}
      />
      <Field
        name="explanation"
        label={t('open.explanation')}
        helperText={t('open.why')}
        multiline
        minRows={3}
        slotProps={{ htmlInput: { maxLength: 2000 } }}
      />
    </Form>
  );
}
