import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { saying } from '@/app/say';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { Checks } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import type { Application } from './queries';

/** Applies at a hospital with its code; what was said the last time need not be typed again. */
export function ApplyForm({ last }: { last: Application | null }) {
  const { t, i18n } = useTranslation('application');
  const form = useCommandForm({
    values: {
      hospital_code: '',
      name: last?.name ?? '',
      registration_number: last?.registration_number ?? '',
      specialties: last?.specialties.join(', ') ?? '',
      languages: [...(last?.languages ?? [i18n.language])] as string[],
    },
    send: ({ hospital_code, name, registration_number, specialties, languages }) =>
      answered(
        api.POST('/v1/me/application', {
          body: {
            hospital_code: hospital_code.trim(),
            name: name.trim(),
            ...(registration_number.trim() && { registration_number: registration_number.trim() }),
            specialties: listed(specialties),
            languages: languages as Language[],
          },
        }),
      ),
    done: saying(t('mine.applied')),
  });
  return (
    <Form of={form} submit={t('mine.apply')}>
      <Field
        name="hospital_code"
        label={t('mine.code')}
        helperText={t('mine.code_why')}
        autoComplete="off"
      />
      <Field name="name" label={t('mine.name')} autoComplete="name" />
      <Field
        name="registration_number"
        required={false}
        label={t('registration')}
        helperText={t('mine.registration_why')}
        autoComplete="off"
      />
      <Field
        name="specialties"
        required={false}
        label={t('specialties')}
        helperText={t('mine.specialties_why')}
        autoComplete="off"
      />
      <Checks
        name="languages"
        label={t('mine.languages')}
        options={Object.entries(LANGUAGES)}
        required
      />
    </Form>
  );
}

/** What is typed with commas between. */
function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
