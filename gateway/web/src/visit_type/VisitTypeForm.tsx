import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { Checks } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import type { VisitType } from './queries';

export const MODES = ['in_person', 'video', 'phone'] as const;

/** Defines a visit type, or changes all of one. */
export function VisitTypeForm(props: {
  hospital: string;
  type?: VisitType;
  /** What rooms and devices there are. */
  classes: readonly string[];
  close: () => void;
}) {
  const { hospital, type, classes, close } = props;
  const { t } = useTranslation('visit_type');
  const form = useCommandForm({
    values: {
      name: type?.name ?? '',
      minutes: String(type?.minutes ?? 15),
      buffer_before: String(type?.buffer_before ?? 0),
      buffer_after: String(type?.buffer_after ?? 0),
      modes: [...(type?.modes ?? ['in_person'])] as string[],
      price: type?.price ?? '',
      needs: [...(type?.needs ?? [])],
    },
    send: (values) => {
      // A class that is needed twice stays so: only what was ticked or not is changed.
      const twice = (type?.needs ?? []).filter(
        (need, index, all) => all.indexOf(need) !== index && values.needs.includes(need),
      );
      const body = {
        name: values.name,
        minutes: Number(values.minutes),
        buffer_before: Number(values.buffer_before),
        buffer_after: Number(values.buffer_after),
        modes: values.modes as components['schemas']['VisitModeCode'][],
        needs: [...new Set(values.needs), ...twice],
        ...(values.price && { price: values.price }),
      };
      return type === undefined
        ? answered(
            api.POST('/v1/hospitals/{id}/visit-types', {
              params: { path: { id: hospital } },
              body,
            }),
          )
        : answered(
            api.PUT('/v1/visit-types/{id}', {
              params: { path: { id: type.id }, header: asSeen(type.version) },
              body,
            }),
          );
    },
    done: saying(t('done'), close),
  });
  const minutes = (name: string, least: number, most: number) => (
    <Field
      name={name}
      label={t(name as 'minutes')}
      type="number"
      slotProps={{ htmlInput: { min: least, max: most } }}
    />
  );
  const known = [...new Set([...classes, ...(type?.needs ?? [])])];
  return (
    <Form of={form} submit={t('save')}>
      <Field name="name" label={t('name')} helperText={t('read')} />
      <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
        {minutes('minutes', 5, 240)}
        {minutes('buffer_before', 0, 120)}
        {minutes('buffer_after', 0, 120)}
      </Stack>
      <Checks
        name="modes"
        label={t('modes')}
        options={MODES.map((mode) => [mode, t(`mode.${mode}`)] as const)}
        required
      />
      {known.length > 0 && (
        <Checks
          name="needs"
          label={t('needs')}
          help={t('taken')}
          options={known.map((one) => [one, one] as const)}
        />
      )}
      <Field name="price" label={t('price')} helperText={t('code')} required={false} />
    </Form>
  );
}
