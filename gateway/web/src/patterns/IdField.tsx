import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { isId } from '@/app/patient';
import { Field } from './form';

/** The number of somebody or something as it is sent, however it was copied: out of a mail, say. */
export function idIn(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '');
}

/** A field for such a number, which says when what stands in it is none. */
export function IdField(props: Omit<ComponentProps<typeof Field>, 'check'>) {
  const { slotProps, ...rest } = props;
  const { t } = useTranslation('patterns');
  return (
    <Field
      autoComplete="off"
      {...rest}
      check={(typed) => (typed === '' || isId(idIn(typed)) ? undefined : t('field.id'))}
      slotProps={{ ...slotProps, htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
    />
  );
}
