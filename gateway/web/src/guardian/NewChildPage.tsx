import Typography from '@mui/material/Typography';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import { todayHere } from '@/i18n/here';
import { DayField } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Page } from '@/patterns/Page';

/** Registers one's child. */
export function NewChildPage() {
  const { t } = useTranslation('guardian');
  const navigate = useNavigate();
  const form = useCommandForm<{ name: string; date_of_birth: string }, unknown>({
    values: { name: '', date_of_birth: '' },
    send: (body) => api.POST('/v1/me/dependants', { body }),
    done: () => {
      say({ text: t('child.done') });
      void navigate({ to: '/family' });
    },
  });
  return (
    <Page title={t('child.title')}>
      <Typography>{t('child.text')}</Typography>
      <Form of={form} submit={t('child.go')}>
        <Field
          name="name"
          label={t('child.name')}
          helperText={t('child.name_hint')}
          autoComplete="off"
          slotProps={{ htmlInput: { maxLength: 120 } }}
        />
        <DayField
          name="date_of_birth"
          label={t('child.born')}
          helperText={t('child.born_hint')}
          max={todayHere()}
        />
      </Form>
    </Page>
  );
}
