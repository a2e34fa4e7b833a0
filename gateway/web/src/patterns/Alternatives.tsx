import FormHelperText from '@mui/material/FormHelperText';
import { styled } from '@mui/material/styles';
import { type ReactNode, useId } from 'react';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

/** One of several to choose from. */
export interface Option {
  readonly value: string;
  readonly label: string;
  readonly note?: string;
}

const Group = styled('fieldset')(({ theme }) => ({
  border: 0,
  margin: 0,
  padding: 0,
  minWidth: 0,
  '& legend': { padding: 0, fontWeight: 600, marginBottom: theme.spacing(0.5) },
  '& label': {
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    minHeight: 44,
    padding: theme.spacing(0.5, 0),
    cursor: 'pointer',
  },
  '& input': {
    width: '1.25rem',
    height: '1.25rem',
    margin: 0,
    flexShrink: 0,
    accentColor: theme.palette.primary.main,
  },
  '& input:focus-visible': {
    outline: `3px solid ${theme.palette.primary.main}`,
    outlineOffset: 2,
  },
  '& small': { display: 'block', color: theme.palette.text.secondary, fontSize: '0.85rem' },
}));

/** Several to choose from in a form: some of them, or just one. */
export function Alternatives(props: {
  name: string;
  label: string;
  kind: 'some' | 'one';
  options: readonly Option[];
  /** Why this is asked. */
  hint?: ReactNode;
  required?: boolean;
}) {
  const { name, label, kind, options, hint, required = true } = props;
  const { t } = useTranslation('patterns');
  const { register, formState } = useFormContext();
  const error = formState.errors[name] as { message?: string } | undefined;
  const id = useId();
  const field = register(name, {
    validate: (value: unknown) => {
      const given = Array.isArray(value) ? value.length > 0 : Boolean(value);
      return given || !required || t('field.choose');
    },
  });
  return (
    <Group aria-describedby={id}>
      <legend>{label}</legend>
      {options.map(({ value, label: text, note }) => (
        <label key={value}>
          <input type={kind === 'some' ? 'checkbox' : 'radio'} value={value} {...field} />
          <span>
            {text}
            {note && <small>{note}</small>}
          </span>
        </label>
      ))}
      <FormHelperText id={id} error={error !== undefined} sx={{ mx: 0 }}>
        {error?.message ?? hint}
      </FormHelperText>
    </Group>
  );
}
