import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import { FormDialog } from '@/patterns/FormDialog';
import { Field, Form, useCommandForm } from '@/patterns/form';

/** Has a read model built anew, after saying why. */
export function RebuildDialog({ model }: { model: string }) {
  const { t } = useTranslation('read_model');
  return (
    <FormDialog
      does={t('rebuild.go')}
      label={t('rebuild.of', { model })}
      title={t('rebuild.of', { model })}
      variant="text"
    >
      {(close) => <RebuildForm model={model} close={close} />}
    </FormDialog>
  );
}

function RebuildForm({ model, close }: { model: string; close: () => void }) {
  const { t } = useTranslation('read_model');
  const params = { path: { name: model } };
  const form = useCommandForm({
    values: { reason: '' },
    send: (body) => api.POST('/v1/read-models/{name}/rebuild', { params, body }),
    done: () => {
      say({ text: t('rebuild.done', { model }) });
      close();
    },
  });
  return (
    <Form of={form} submit={t('rebuild.go')}>
      <Typography>{t('rebuild.text')}</Typography>
      <Field name="reason" label={t('reason.label')} helperText={t('reason.hint')} />
    </Form>
  );
}
