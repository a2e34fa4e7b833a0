import TextField from '@mui/material/TextField';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { readKeys } from './keys';

/** Public keys, as a JWK set that is pasted in. */
export function KeysField() {
  const { t } = useTranslation('integrator');
  const { register, formState } = useFormContext();
  const error = formState.errors.keys as { message?: string } | undefined;
  const { ref, ...field } = register('keys', {
    validate: (text: string) => {
      const keys = readKeys(text);
      return typeof keys !== 'string' || t(`keys.${keys}`);
    },
  });
  return (
    <TextField
      {...field}
      inputRef={ref}
      required
      fullWidth
      multiline
      minRows={4}
      label={t('keys.label')}
      error={error !== undefined}
      helperText={error?.message ?? t('keys.hint')}
      autoComplete="off"
      slotProps={{ htmlInput: { spellCheck: false, dir: 'ltr' } }}
    />
  );
}
