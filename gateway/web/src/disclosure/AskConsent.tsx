import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { say } from '@/app/say';
import { PURPOSES, TYPES } from '@/consent/queries';
import { endOf, instantIn, plusDays, today } from '@/i18n/days';
import { Checks, Choice, DayField } from '@/patterns/choices';
import { FormDialog } from '@/patterns/FormDialog';
import { Form, useCommandForm } from '@/patterns/form';
import { patientRoute } from './pages';

type HealthInformation = components['schemas']['HealthInformationCode'];

type Purpose = components['schemas']['ConsentPurposeCode'];

/** Asks a patient to let the reader, or where they work, see a part of their record. */
export function AskConsent(props: {
  patient: string;
  /** Who is asking: their own id, if they give care. */
  person: string | undefined;
  hospitals: readonly (readonly [string, string])[];
  zone: string;
}) {
  const { t } = useTranslation('disclosure');
  return (
    <FormDialog does={t('ask.do')} title={t('ask.title')}>
      {(close) => <AskForm {...props} close={close} />}
    </FormDialog>
  );
}

function AskForm(props: Parameters<typeof AskConsent>[0] & { close: () => void }) {
  const { patient, person, hospitals, zone, close } = props;
  const { t } = useTranslation('disclosure');
  const navigate = patientRoute.useNavigate();
  const now = today(zone);
  const grantees = [...(person ? [[person, t('ask.me')] as const] : []), ...hospitals];
  const form = useCommandForm({
    values: {
      grantee: grantees[0]?.[0] ?? '',
      purpose: 'CAREMGT',
      types: ['op-consultation'],
      from: plusDays(now, -365),
      expires: plusDays(now, 30),
    },
    fields: { '/expires_at': 'expires', '/to': 'expires' },
    send: (values) => {
      const expires = endOf(values.expires, zone);
      return answered(
        api.POST('/v1/consent-requests', {
          body: {
            patient,
            grantee: {
              kind: values.grantee === person ? 'person' : 'hospital',
              id: values.grantee,
            },
            purpose: values.purpose as Purpose,
            types: values.types as HealthInformation[],
            mode: 'view',
            from: instantIn(values.from, '00:00', zone),
            to: expires,
            expires_at: expires,
          },
        }),
      );
    },
    done: ({ id }) => {
      say({ text: t('ask.done') });
      close();
      // The page follows what is asked for, and shows what is given as soon as it is.
      void navigate({
        search: (from) => ({ ...from, consents: [from.consents, id].filter(Boolean).join('.') }),
        replace: true,
      });
    },
  });
  return (
    <Form of={form} submit={t('ask.go')}>
      <p>{t('ask.text')}</p>
      <Choice name="grantee" label={t('ask.for')} options={grantees} />
      <Choice
        name="purpose"
        label={t('ask.purpose')}
        options={PURPOSES.map((code) => [code, t(`purpose.${code as 'CAREMGT'}`)] as const)}
      />
      <Checks
        name="types"
        label={t('ask.types')}
        options={TYPES.map((type) => [type, t(`type.${type}`)] as const)}
        required
      />
      <DayField name="from" label={t('ask.from')} helperText={t('ask.since')} max={now} />
      <DayField
        name="expires"
        label={t('ask.expires')}
        helperText={t('ask.end')}
        min={now}
        max={plusDays(now, 364)}
      />
    </Form>
  );
}
