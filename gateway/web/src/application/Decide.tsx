import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useFieldArray } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { saying } from '@/app/say';
import { DepartmentChoice } from '@/hospital/DepartmentChoice';
import type { Hospital } from '@/hospital/queries';
import { Choice } from '@/patterns/choices';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Note } from '@/patterns/Note';
import type { Application } from './queries';

const KINDS = ['medical-registration', 'degree', 'identity', 'other'] as const;
const REASONS = ['no-vacancy', 'papers-missing', 'papers-wrong', 'not-known', 'other'] as const;

interface Props {
  readonly application: Application;
  readonly close: () => void;
}

/** Takes somebody on: where they work, and the papers that were looked at. */
export function ApproveForm(props: Props & { site: Hospital }) {
  const { application, site } = props;
  const { t } = useTranslation('application');
  const doctor = application.role === 'doctor';
  const papers = application.registration_number
    ? [{ kind: 'medical-registration', number: application.registration_number }]
    : [{ kind: 'identity', number: '' }];
  const form = useCommandForm({
    values: { department: application.department ?? '', certificates: papers },
    send: (values) =>
      answered(
        api.POST('/v1/applications/{id}/approve', {
          params: { path: { id: application.id } },
          body: {
            ...(values.department && { department: values.department }),
            certificates: values.certificates,
          },
        }),
      ),
    done: saying(t('approve.done'), props.close),
  });
  const { fields, append, remove } = useFieldArray({
    control: form.form.control,
    name: 'certificates',
  });
  return (
    <Form of={form} submit={t('approve.do')}>
      <Note tone="warning">{t('approve.text')}</Note>
      <DepartmentChoice
        site={site}
        label={t('department')}
        none={t('approve.no-department')}
        required={doctor}
      />
      <Stack spacing={1.5} role="group" aria-label={t('papers')}>
        <strong>{t('papers')}</strong>
        <span>{t('approve.papers')}</span>
        {fields.map((field, index) => (
          <Stack key={field.id} direction={{ xs: 'column', sm: 'row' }} spacing={1}>
            <Choice
              name={`certificates.${index}.kind`}
              label={t('paper')}
              options={KINDS.map((kind) => [kind, t(`kind.${kind}`)] as const)}
            />
            <Field name={`certificates.${index}.number`} label={t('number')} />
            <Button color="error" onClick={() => remove(index)}>
              {t('approve.remove')}
            </Button>
          </Stack>
        ))}
        <Button
          sx={{ alignSelf: 'flex-start' }}
          onClick={() => append({ kind: 'degree', number: '' })}
        >
          {t('approve.add')}
        </Button>
      </Stack>
    </Form>
  );
}

/** Does not take somebody on, and says why. */
export function RejectForm(props: Props) {
  const { t } = useTranslation('application');
  const form = useCommandForm({
    values: { reason: '' },
    send: (body) =>
      answered(
        api.POST('/v1/applications/{id}/reject', {
          params: { path: { id: props.application.id } },
          body,
        }),
      ),
    done: saying(t('reject.done'), props.close),
  });
  return (
    <Form of={form} submit={t('reject.do')} color="error">
      <p>{t('reject.text')}</p>
      <Choice
        name="reason"
        label={t('reject.reason')}
        none={t('reject.choose')}
        options={REASONS.map((reason) => [reason, t(`reason.${reason}`)] as const)}
      />
    </Form>
  );
}
