import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import { styled } from '@mui/material/styles';
import type { TextFieldProps } from '@mui/material/TextField';
import { useId } from 'react';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Field } from './form';

/** What can be chosen: what is sent, and what people read. */
export type Options<Value extends string = string> = readonly (readonly [Value, string])[];

/** One of several, in a form. The device's own list: the best there is on a phone. */
export function Choice(
  props: Omit<TextFieldProps, 'name' | 'select'> & {
    name: string;
    options: Options;
    /** What it says while nothing is chosen; without it, the first is. */
    none?: string;
    required?: boolean;
    check?: (value: string) => string | undefined;
  },
) {
  const { options, none, ...rest } = props;
  return (
    <Field {...rest} select slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}>
      {none !== undefined && <option value="">{none}</option>}
      {options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </Field>
  );
}

const Group = styled('fieldset')(({ theme }) => ({
  border: 0,
  margin: 0,
  padding: 0,
  minWidth: 0,
  '& legend': { padding: 0, color: theme.palette.text.secondary, fontSize: '0.875rem' },
}));

/** Any of several, in a form: its value is the list of those that are ticked. */
export function Checks(props: {
  name: string;
  label: string;
  options: Options;
  help?: string;
  required?: boolean;
}) {
  const { name, label, options, help, required = false } = props;
  const { t } = useTranslation('patterns');
  const { register, getFieldState, getValues, formState } = useFormContext();
  const id = useId();
  const { error } = getFieldState(name, formState);
  const ticked = getValues(name) as readonly string[] | undefined;
  const said = error ? error.message : help;
  const { ref, ...field } = register(name, {
    validate: (value: unknown) =>
      !required || (Array.isArray(value) && value.length > 0) || t('field.required'),
  });
  return (
    <Group aria-describedby={said ? id : undefined}>
      <legend>{label}</legend>
      {options.map(([value, text]) => (
        <FormControlLabel
          key={value}
          sx={{ mr: 3, minHeight: 44 }}
          label={text}
          control={
            <Checkbox
              {...field}
              value={value}
              defaultChecked={ticked?.includes(value) ?? false}
              slotProps={{ input: { ref } }}
            />
          }
        />
      ))}
      {said && (
        <FormHelperText id={id} error={error !== undefined}>
          {said}
        </FormHelperText>
      )}
    </Group>
  );
}

/** A day that a person picks, in a form. */
export function DayField(
  props: Omit<TextFieldProps, 'name' | 'type'> & {
    name: string;
    required?: boolean;
    min?: string;
    max?: string;
  },
) {
  const { min, max, ...rest } = props;
  return (
    <Field
      {...rest}
      type="date"
      slotProps={{ htmlInput: { min, max }, inputLabel: { shrink: true } }}
    />
  );
}
