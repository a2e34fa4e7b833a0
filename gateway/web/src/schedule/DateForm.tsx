import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { saying } from '@/app/say';
import { DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';
import type { VisitType } from '@/visit_type/queries';
import type { Hours } from './queries';
import { hoursOf, type Stretch, Stretches, stretchOf } from './stretches';

/** The hours of one day that differs from the week. */
export function DateForm(props: {
  doctor: string;
  date: string;
  min: string;
  hours: readonly Hours[];
  types: readonly VisitType[];
  close: () => void;
}) {
  const { doctor, date, min, hours, types, close } = props;
  const { t } = useTranslation('schedule');
  const form = useCommandForm({
    values: { date, hours: hours.map(stretchOf) as Stretch[] },
    send: (values) =>
      answered(
        api.PUT('/v1/doctors/{id}/schedule/dates/{date}', {
          params: { path: { id: doctor, date: values.date } },
          body: { hours: values.hours.map(hoursOf) },
        }),
      ),
    done: saying(t('date.done'), close),
  });
  return (
    <Form of={form} submit={t('date.save')}>
      <p>{t('date.text')}</p>
      <DayField name="date" label={t('date.label')} min={min} />
      <Stretches name="hours" day={t('date.hours')} types={types} />
    </Form>
  );
}
