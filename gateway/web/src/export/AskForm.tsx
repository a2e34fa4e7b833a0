import Paper from '@mui/material/Paper';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { useWritten } from '@/i18n/written';
import { Alternatives } from '@/patterns/Alternatives';
import { Choice } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import { FORMATS } from './queries';

/** Asks for a copy, in the forms and the language that are wanted. */
export function AskForm({ patient }: { patient: string }) {
  const { t } = useTranslation('export');
  const { language } = useWritten();
  const form = useCommandForm<{ formats: string[]; language: Language }, unknown>({
    values: { formats: [...FORMATS], language },
    send: (body) =>
      api.POST('/v1/patients/{id}/exports', { params: { path: { id: patient } }, body }),
  });
  return (
    <Paper sx={{ p: 2 }}>
      <Form of={form} submit={t('ask')}>
        <Alternatives
          name="formats"
          kind="some"
          label={t('formats')}
          options={FORMATS.map((format) => ({
            value: format,
            label: t(`format.${format}`),
            note: t(`format.${format}_note`),
          }))}
        />
        <Choice
          name="language"
          label={t('language')}
          helperText={t('language_hint')}
          options={Object.entries(LANGUAGES)}
        />
      </Form>
    </Paper>
  );
}
