import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { saying } from '@/app/say';
import { DayField } from '@/patterns/choices';
import { Form, useCommandForm } from '@/patterns/form';

/** Days on which a doctor receives nobody. */
export function LeaveForm(props: { doctor: string; min: string; close: () => void }) {
  const { doctor, min, close } = props;
  const { t } = useTranslation('schedule');
  const form = useCommandForm({
    values: { from: min, until: min },
    send: (body) =>
      answered(api.POST('/v1/doctors/{id}/leaves', { params: { path: { id: doctor } }, body })),
    done: saying(t('leave.done'), close),
  });
  return (
    <Form of={form} submit={t('leave.save')}>
      <p>{t('leave.text')}</p>
      <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
        <DayField name="from" label={t('leave.from')} min={min} />
        <DayField name="until" label={t('leave.until')} min={min} />
      </Stack>
    </Form>
  );
}
