import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { asSeen } from '@/api/seen';
import { saying } from '@/app/say';
import { DayField } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import type { VisitType } from '@/visit_type/queries';
import { WEEKDAYS } from './effective';
import type { Week, Weekday } from './queries';
import { hoursOf, type Stretch, Stretches, stretchOf } from './stretches';

/** The days to which Monday is copied. */
const WORKDAYS: readonly Weekday[] = ['tuesday', 'wednesday', 'thursday', 'friday'];

/** The hours that come back every week, from a day on. */
export function WeekForm(props: {
  doctor: string;
  version: number;
  /** The week that holds now, to begin with. */
  week: Week | undefined;
  from: string;
  types: readonly VisitType[];
  close: () => void;
}) {
  const { doctor, version, week, from, types, close } = props;
  const { t } = useTranslation('schedule');
  const days = Object.fromEntries(
    WEEKDAYS.map((weekday) => [
      weekday,
      week?.hours.filter((hours) => hours.weekday === weekday).map(stretchOf) ?? [],
    ]),
  ) as Record<Weekday, Stretch[]>;
  const form = useCommandForm({
    values: { from, most: week?.most_visits === undefined ? '' : String(week.most_visits), days },
    fields: { '/most_visits': 'most' },
    send: (values) =>
      answered(
        api.PUT('/v1/doctors/{id}/schedule/weeks/{from}', {
          params: {
            path: { id: doctor, from: values.from },
            ...(version > 0 && { header: asSeen(version) }),
          },
          body: {
            hours: WEEKDAYS.flatMap((weekday) =>
              values.days[weekday].map((stretch) => ({ weekday, ...hoursOf(stretch) })),
            ),
            ...(values.most !== '' && { most_visits: Number(values.most) }),
          },
        }),
      ),
    done: saying(t('week.done'), close),
  });
  const copy = () => {
    const monday = form.form.getValues('days.monday');
    for (const weekday of WORKDAYS) form.form.setValue(`days.${weekday}`, structuredClone(monday));
  };
  return (
    <Form of={form} submit={t('week.save')} more={<Button onClick={close}>{t('back')}</Button>}>
      <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
        <DayField name="from" label={t('week.from')} helperText={t('week.until')} min={from} />
        <Field
          name="most"
          label={t('week.most')}
          helperText={t('week.any')}
          type="number"
          required={false}
          slotProps={{ htmlInput: { min: 1, max: 1000 } }}
        />
      </Stack>
      {WEEKDAYS.map((weekday) => (
        <Stack key={weekday} spacing={1}>
          <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'center' }}>
            <Typography variant="h3">{t(`day.${weekday}`)}</Typography>
            {weekday === 'monday' && <Button onClick={copy}>{t('week.copy')}</Button>}
          </Stack>
          <Stretches name={`days.${weekday}`} day={t(`day.${weekday}`)} types={types} />
        </Stack>
      ))}
    </Form>
  );
}
