import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { type FactorProps, One } from './SecondFactors';

type Asked = components['schemas']['PhoneAskedOut'];

/** Codes by SMS: the number, shown to be one's own, and whether they count. */
export function TextedCodes({ factors, changed }: FactorProps) {
  const { t } = useTranslation('second_factor');
  const [asked, setAsked] = useState<Asked>();
  const proven = factors.phone?.proven === true;
  const does = factors.sms ? t('sms.remove') : t('sms.add');
  return (
    <One title={t('sms.title')} text={t(factors.sms ? 'sms.on' : 'sms.off')}>
      {factors.phone && (
        <Typography>{t('sms.number', { end: factors.phone.ends_with })}</Typography>
      )}
      {proven && (
        <Confirm
          does={does}
          title={does}
          {...(factors.sms && { color: 'error' as const })}
          send={async () =>
            changed(
              await answered(
                factors.sms
                  ? api.DELETE('/v1/me/second-factors/sms')
                  : api.PUT('/v1/me/second-factors/sms'),
              ),
            )
          }
        >
          {t(factors.sms ? 'remove_text' : 'sms.add_text')}
        </Confirm>
      )}
      {!proven && asked === undefined && <AskForm done={setAsked} />}
      {!proven && asked !== undefined && (
        <ShowForm asked={asked} done={() => setAsked(undefined)} />
      )}
    </One>
  );
}

function AskForm({ done }: { done: (asked: Asked) => void }) {
  const { t } = useTranslation('second_factor');
  const form = useCommandForm({
    values: { phone: '' },
    send: ({ phone }) =>
      answered(api.POST('/v1/me/phone', { body: { phone: phone.replace(/[\s-]/g, '') } })),
    done,
  });
  return (
    <Form of={form} submit={t('sms.ask')}>
      <Field name="phone" type="tel" label={t('sms.phone')} autoComplete="tel" />
    </Form>
  );
}

function ShowForm({ asked, done }: { asked: Asked; done: () => void }) {
  const { t } = useTranslation('second_factor');
  const written = useWritten();
  const form = useCommandForm({
    values: { code: '' },
    send: ({ code }) =>
      answered(
        api.POST('/v1/me/phone/{id}/completion', {
          params: { path: { id: asked.id } },
          body: { code: code.trim() },
        }),
      ),
    async done() {
      done();
    },
  });
  return (
    <Form of={form} submit={t('sms.show')}>
      <Typography role="status">
        {t('sms.sent', { time: written.time(asked.expires_at) })}
      </Typography>
      <Field name="code" label={t('sms.code')} autoComplete="one-time-code" />
    </Form>
  );
}
