import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isId } from '@/app/patient';
import { Field } from '@/patterns/form';
import { IdField } from '@/patterns/IdField';

/** The invitation that the address names, if it names one. */
export function useNamed(): string {
  const { id } = useParams({ strict: false });
  return isId(id) ? id : '';
}

/** What the mail holds, the number of the invitation and its code, and who takes it up. */
export function GivenFields() {
  const { t } = useTranslation('invitation');
  return (
    <>
      <Field
        name="code"
        label={t('accept.code')}
        helperText={t('accept.code_why')}
        autoComplete="one-time-code"
      />
      <IdField name="invitation" label={t('accept.number')} helperText={t('accept.number_why')} />
      <Field
        name="name"
        label={t('accept.name')}
        helperText={t('accept.name_why')}
        autoComplete="name"
      />
    </>
  );
}
