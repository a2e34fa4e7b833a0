import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isId } from '@/app/patient';
import { Field } from '@/patterns/form';

/** The invitation that the address names, if it names one. */
export function useNamed(): string {
  const { id } = useParams({ strict: false });
  return isId(id) ? id : '';
}

/** The number of an invitation as it is sent, however it was copied out of the mail. */
export function numberIn(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '');
}

/** What the mail holds: the number of the invitation, and its code. */
export function GivenFields() {
  const { t } = useTranslation(['invitation', 'patterns']);
  return (
    <>
      <Field
        name="code"
        label={t('accept.code')}
        helperText={t('accept.code_why')}
        autoComplete="one-time-code"
      />
      <Field
        name="invitation"
        label={t('accept.number')}
        helperText={t('accept.number_why')}
        autoComplete="off"
        check={(typed) => (isId(numberIn(typed)) ? undefined : t('patterns:field.id'))}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
      />
    </>
  );
}
