import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Field } from '@/patterns/form';
import { readKeys } from './keys';

/** Public keys, as a JWK set that is pasted in. */
export function KeysField() {
  const { t } = useTranslation('integrator');
  const { register } = useFormContext();
  // Registered before the field is, whose own rules come on top of this one.
  register('keys', {
    validate: (text: string) => {
      const keys = readKeys(text);
      return typeof keys !== 'string' || t(`keys.${keys}`);
    },
  });
  return (
    <Field
      name="keys"
      label={t('keys.label')}
      helperText={t('keys.hint')}
      multiline
      minRows={4}
      autoComplete="off"
      slotProps={{ htmlInput: { spellCheck: false, dir: 'ltr' } }}
    />
  );
}
