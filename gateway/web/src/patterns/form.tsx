import Button, { type ButtonProps } from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField, { type TextFieldProps } from '@mui/material/TextField';
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import {
  type FieldValues,
  FormProvider,
  type Path,
  type UseFormProps,
  type UseFormReturn,
  useForm,
  useFormContext,
} from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { prepareTelling, told } from '@/problem/told';
import { Failure } from './Failure';
import { useHeld } from './held';

/** A form whose values are sent as a command. */
export interface CommandForm<Values extends FieldValues, Done> {
  readonly form: UseFormReturn<Values>;
  readonly command: UseMutationResult<Done, Error, Values>;
}

/**
 * A form that sends its values with `send`. What the server says of a field is shown at that
 * field: the pointer `/date_of_birth` is the field `date_of_birth`, unless `fields` says another.
 */
export function useCommandForm<Values extends FieldValues, Done>(options: {
  values: UseFormProps<Values>['defaultValues'];
  send: (values: Values) => Promise<Done>;
  done?: (done: Done, values: Values) => void | Promise<void>;
  fields?: Record<string, Path<Values>>;
}): CommandForm<Values, Done> {
  const form = useForm<Values>({
    ...(options.values && { defaultValues: options.values }),
    mode: 'onTouched',
  });
  const command = useMutation<Done, Error, Values>({
    mutationFn: options.send,
    ...(options.done && { onSuccess: options.done }),
    async onError(error) {
      if (!(error instanceof Problem) || error.field === undefined) return;
      const pointer = error.field.replace(/^\//, '').replaceAll('/', '.');
      const name = options.fields?.[error.field] ?? (pointer as Path<Values>);
      if (!has(form.control._fields, name)) return;
      await prepareTelling();
      const { title, mend } = told(error);
      const message = `${title} ${mend}`;
      form.setError(name, { type: 'server', message }, { shouldFocus: true });
    },
  });
  return { form, command };
}

/** Whether the form has such a field; what is said of others is said of the form. */
function has(fields: object, name: string): boolean {
  const found = name
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], fields);
  return (found as { _f?: unknown } | undefined)?._f !== undefined;
}

/** The form itself: its fields, what went wrong, what sends it, and in a dialog the way back. */
export function Form<Values extends FieldValues, Done>(props: {
  of: CommandForm<Values, Done>;
  submit: string;
  children: ReactNode;
  more?: ReactNode;
  color?: ButtonProps['color'];
}) {
  const { form, command } = props.of;
  const { t } = useTranslation('patterns');
  const dialog = useHeld(command.isPending);
  const atField = Object.keys(form.formState.errors).length > 0;
  return (
    <FormProvider {...form}>
      <Stack
        component="form"
        noValidate
        spacing={2}
        onSubmit={form.handleSubmit((values) => command.mutate(values))}
      >
        {props.children}
        {command.isError && !atField && <Failure error={command.error} />}
        <Stack direction="row" sx={{ flexWrap: 'wrap', alignItems: 'center', gap: 1 }}>
          <Button
            type="submit"
            variant="contained"
            loading={command.isPending}
            color={props.color ?? 'primary'}
          >
            {props.submit}
          </Button>
          {dialog && (
            <Button disabled={command.isPending} onClick={dialog.close}>
              {t('confirm.back')}
            </Button>
          )}
          {props.more}
        </Stack>
      </Stack>
    </FormProvider>
  );
}

/** A field of text in a form, by its name. `check` says what is wrong with it, in the reader's words. */
export function Field(
  props: Omit<TextFieldProps, 'name'> & {
    name: string;
    required?: boolean;
    least?: number;
    check?: (value: string) => string | undefined;
  },
) {
  const { name, required = true, least, check, helperText, ...rest } = props;
  const { t } = useTranslation('patterns');
  const { register, formState } = useFormContext();
  const error = name.split('.').reduce<unknown>((at, part) => {
    return (at as Record<string, unknown> | undefined)?.[part];
  }, formState.errors) as { message?: string } | undefined;
  const field = register(name, {
    ...(required && { required: t('field.required') }),
    ...(least && { minLength: { value: least, message: t('field.least', { least }) } }),
    ...(check && { validate: (value: string) => check(value) ?? true }),
  });
  const { ref, ...handlers } = field;
  return (
    <TextField
      fullWidth
      {...rest}
      {...handlers}
      inputRef={ref}
      required={required}
      error={error !== undefined}
      helperText={error?.message ?? helperText}
    />
  );
}
