import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { enter, IN_COOKIE } from '@/session/tokens';

/** Another password. Every other session ends with the old one. */
export function PasswordForm() {
  const { t } = useTranslation('account');
  const changed = useCommandForm({
    values: { current: '', new: '' },
    send: async (body) => {
      const { data, response } = await api.PUT('/v1/me/password', { body, headers: IN_COOKIE });
      if (data && 'access_token' in data) enter(data, response);
    },
    done() {
      changed.form.reset();
      say({ text: t('password.done') });
    },
  });
  return (
    <Form of={changed} submit={t('password.set')}>
      <Field
        name="current"
        type="password"
        label={t('password.current')}
        autoComplete="current-password"
      />
      <Field
        name="new"
        type="password"
        label={t('password.new')}
        helperText={t('register.password_why')}
        least={12}
        autoComplete="new-password"
      />
    </Form>
  );
}
