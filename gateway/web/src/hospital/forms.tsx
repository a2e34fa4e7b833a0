import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { saying } from '@/app/say';
import { DayField } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { classOf } from './typed';

interface Props {
  readonly hospital: string;
  readonly close: () => void;
}

/** Adds a department. */
export function DepartmentForm(props: Props) {
  const { t } = useTranslation('hospital');
  const form = useCommandForm({
    values: { name: '', specialty: '' },
    send: (body) =>
      answered(
        api.POST('/v1/hospitals/{id}/departments', {
          params: { path: { id: props.hospital } },
          body,
        }),
      ),
    done: saying(t('department.done'), props.close),
  });
  return (
    <Form of={form} submit={t('add')}>
      <Field name="name" label={t('department.name')} helperText={t('department.unique')} />
      <Field
        name="specialty"
        label={t('department.specialty')}
        helperText={t('department.found')}
      />
    </Form>
  );
}

/** Adds a room or a device. */
export function AssetForm(props: Props & { classes: readonly string[] }) {
  const { t } = useTranslation('hospital');
  const form = useCommandForm({
    values: { name: '', class: '' },
    send: (values) =>
      answered(
        api.POST('/v1/hospitals/{id}/assets', {
          params: { path: { id: props.hospital } },
          body: { name: values.name, class: classOf(values.class) },
        }),
      ),
    done: saying(t('asset.done'), props.close),
  });
  return (
    <Form of={form} submit={t('add')}>
      <Field name="name" label={t('asset.name')} helperText={t('asset.called')} />
      <Field
        name="class"
        label={t('asset.class')}
        helperText={t('asset.needed')}
        slotProps={{ htmlInput: { list: 'classes' } }}
      />
      <datalist id="classes">
        {props.classes.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </Form>
  );
}

/** Declares a holiday. */
export function HolidayForm(props: Props & { min: string }) {
  const { t } = useTranslation('hospital');
  const form = useCommandForm({
    values: { date: props.min, name: '' },
    send: (body) =>
      answered(
        api.POST('/v1/hospitals/{id}/holidays', {
          params: { path: { id: props.hospital } },
          body,
        }),
      ),
    done: saying(t('holiday.done'), props.close),
  });
  return (
    <Form of={form} submit={t('add')}>
      <p>{t('holiday.text')}</p>
      <DayField name="date" label={t('holiday.date')} min={props.min} />
      <Field name="name" label={t('holiday.name')} />
    </Form>
  );
}
