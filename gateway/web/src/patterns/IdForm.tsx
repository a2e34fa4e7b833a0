import { useTranslation } from 'react-i18next';
import { isId } from '@/app/patient';
import { Field, Form, useCommandForm } from './form';

/** Asks for the number of somebody or something, and goes there. */
export function IdForm(props: {
  label: string;
  /** Where the number is found. */
  hint?: string;
  submit: string;
  go: (id: string) => void;
}) {
  const { label, hint, submit, go } = props;
  const { t } = useTranslation('patterns');
  const form = useCommandForm<{ id: string }, string>({
    values: { id: '' },
    send: async ({ id }) => id.trim().toLowerCase(),
    done: (id) => {
      if (isId(id)) go(id);
      else form.form.setError('id', { message: t('field.id') }, { shouldFocus: true });
    },
  });
  return (
    <Form of={form} submit={submit}>
      <Field
        name="id"
        label={label}
        helperText={[t('field.id_hint'), hint].filter(Boolean).join(' ')}
        autoComplete="off"
      />
    </Form>
  );
}
