import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { LANGUAGES } from '@/i18n/languages';
import { Checks, Choice } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { bodyOf, type Typed, valuesOf } from './profile';
import { GENDERS, NEEDS, type Patient } from './queries';

/** What a patient says of themselves: all of it is sent, and nothing of it must be said. */
export function ProfileForm({ patient }: { patient: Patient }) {
  const { t } = useTranslation('patient');
  const form = useCommandForm<Typed, unknown>({
    values: valuesOf(patient, t('address.usual')),
    fields: {
      '/address/lines': 'lines',
      '/address/city': 'city',
      '/address/region': 'region',
      '/address/postal_code': 'postal_code',
      '/address/country': 'country',
      '/emergency_contact/name': 'contact_name',
      '/emergency_contact/phone': 'contact_phone',
      '/emergency_contact/relation': 'contact_relation',
      '/accessibility_note': 'note',
    },
    send: (values) =>
      answered(
        api.PUT('/v1/patients/{id}/profile', {
          params: { path: { id: patient.id }, header: asSeen(patient.version) },
          body: bodyOf(values),
        }),
      ),
    done: saying(t('profile.done')),
  });
  const needs = [...new Set([...NEEDS, ...(patient.profile?.accessibility ?? [])])];
  const [lines, city, region, code, name, phone, relation] = form.form.watch([
    'lines',
    'city',
    'region',
    'postal_code',
    'contact_name',
    'contact_phone',
    'contact_relation',
  ]);
  const somewhere = [lines, city, region, code].some((part) => part.trim() !== '');
  const somebody = [name, phone, relation].some((part) => part.trim() !== '');
  return (
    <Form of={form} submit={t('profile.save')}>
      <Choice
        name="language"
        label={t('profile.language')}
        helperText={t('profile.language_why')}
        options={Object.entries(LANGUAGES)}
      />
      <Choice
        name="gender"
        required={false}
        label={t('profile.gender')}
        helperText={t('profile.gender_why')}
        none={t('profile.unsaid')}
        options={GENDERS.map((gender) => [gender, t(`gender.${gender}`)] as const)}
      />
      <Part title={t('address.title')} text={t('address.why')}>
        <Field
          name="lines"
          required={somewhere}
          multiline
          minRows={2}
          label={t('address.lines')}
          autoComplete="street-address"
        />
        <Field
          name="city"
          required={somewhere}
          label={t('address.city')}
          autoComplete="address-level2"
        />
        <Field
          name="region"
          required={false}
          label={t('address.region')}
          autoComplete="address-level1"
        />
        <Field
          name="postal_code"
          required={false}
          label={t('address.postal_code')}
          autoComplete="postal-code"
        />
        <Field
          name="country"
          required={somewhere}
          label={t('address.country')}
          autoComplete="country-name"
        />
      </Part>
      <Part title={t('contact.title')} text={t('contact.why')}>
        <Field
          name="contact_name"
          required={somebody}
          label={t('contact.name')}
          autoComplete="off"
        />
        <Field
          name="contact_phone"
          required={somebody}
          type="tel"
          label={t('contact.phone')}
          helperText={t('contact.phone_why')}
          autoComplete="off"
        />
        <Field
          name="contact_relation"
          required={false}
          label={t('contact.relation')}
          autoComplete="off"
        />
      </Part>
      <Part title={t('needs.title')} text={t('needs.why')}>
        <Checks
          name="accessibility"
          label={t('needs.label')}
          options={needs.map(
            (need) => [need, t(`need.${need}` as never, { defaultValue: need })] as const,
          )}
        />
        <Field
          name="note"
          required={false}
          label={t('needs.note')}
          slotProps={{ htmlInput: { maxLength: 200 } }}
          autoComplete="off"
        />
      </Part>
    </Form>
  );
}

function Part(props: { title: string; text: string; children: ReactNode }) {
  return (
    <Stack spacing={2} sx={{ pt: 1 }}>
      <div>
        <Typography variant="h3">{props.title}</Typography>
        <Typography variant="body2" color="text.secondary">
          {props.text}
        </Typography>
      </div>
      {props.children}
    </Stack>
  );
}
