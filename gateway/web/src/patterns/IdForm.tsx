import { useTranslation } from 'react-i18next';
import { Form, useCommandForm } from './form';
import { IdField, idIn } from './IdField';

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
    send: async ({ id }) => idIn(id),
    done: go,
  });
  return (
    <Form of={form} submit={submit}>
      <IdField
        name="id"
        label={label}
        helperText={[t('field.id_hint'), hint].filter(Boolean).join(' ')}
      />
    </Form>
  );
}
