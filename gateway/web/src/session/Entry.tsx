import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { useWritten } from '@/i18n/written';
import { Failure } from '@/patterns/Failure';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { deviceName } from './device';
import { hasPasskeys, showPasskey } from './passkey';
import { enter, IN_COOKIE } from './tokens';

export type Challenge = components['schemas']['ChallengeOut'];
type Factor = components['schemas']['FactorCode'];

/** The password was right; now a second factor. */
export function Entry({ challenge, entered }: { challenge: Challenge; entered: () => void }) {
  const { t } = useTranslation('session');
  const offered = challenge.methods.filter((method) => method !== 'passkey' || hasPasskeys());
  const [method, choose] = useState<Factor | undefined>(offered[0]);
  const others = offered.filter((other) => other !== method);
  return (
    <Stack spacing={2}>
      <Typography variant="h2">{t('factor.title')}</Typography>
      {method === 'passkey' && <ByPasskey challenge={challenge} entered={entered} />}
      {method !== undefined && method !== 'passkey' && (
        <ByCode key={method} challenge={challenge} method={method} entered={entered} />
      )}
      {others.length > 0 && (
        <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
          <Typography color="text.secondary">{t('factor.other')}</Typography>
          {others.map((other) => (
            <Button key={other} onClick={() => choose(other)}>
              {t(`factor.use.${other}`)}
            </Button>
          ))}
        </Stack>
      )}
    </Stack>
  );
}

function ByCode(props: {
  challenge: Challenge;
  method: Exclude<Factor, 'passkey'>;
  entered: () => void;
}) {
  const { challenge, method, entered } = props;
  const { t } = useTranslation('session');
  const written = useWritten();
  const by = { body: { challenge: challenge.challenge } };
  const sent = useMutation({
    mutationFn: async () => {
      if (method === 'sms') return answered(api.POST('/v1/sessions/challenge/sms', by));
      return answered(api.POST('/v1/sessions/challenge/mail', by));
    },
  });
  const form = useCommandForm({
    values: { code: '' },
    send: async ({ code }) => {
      const { data, response } = await api.POST('/v1/sessions/challenge', {
        body: { challenge: challenge.challenge, method, code: code.trim(), device: deviceName() },
        headers: IN_COOKIE,
      });
      if (data) enter(data, response);
    },
    done: entered,
  });
  const bySending = method === 'mail' || method === 'sms';
  return (
    <Form of={form} submit={t('factor.go')}>
      <Typography>{t(`factor.text.${method}`)}</Typography>
      {bySending && (
        <Button variant="outlined" loading={sent.isPending} onClick={() => sent.mutate()}>
          {t(sent.isSuccess ? 'factor.again' : `factor.send.${method}`)}
        </Button>
      )}
      {sent.isError && <Failure error={sent.error} />}
      {sent.data && (
        <Typography role="status">
          {t('factor.sent', { time: written.time(sent.data.expires_at) })}
        </Typography>
      )}
      <Field
        name="code"
        label={t('factor.code')}
        least={6}
        autoComplete="one-time-code"
        autoFocus
        slotProps={{ htmlInput: { inputMode: method === 'backup_code' ? 'text' : 'numeric' } }}
      />
    </Form>
  );
}

function ByPasskey({ challenge, entered }: { challenge: Challenge; entered: () => void }) {
  const { t } = useTranslation('session');
  const shown = useMutation({
    mutationFn: async () => {
      const question = await answered(
        api.POST('/v1/sessions/challenge/passkey', { body: { challenge: challenge.challenge } }),
      );
      const passkey = await showPasskey(question.options);
      const { data, response } = await api.POST('/v1/sessions/challenge', {
        body: {
          challenge: question.challenge,
          method: 'passkey',
          passkey,
          device: deviceName(),
        },
        headers: IN_COOKIE,
      });
      if (data) enter(data, response);
    },
    onSuccess: entered,
  });
  return (
    <Stack spacing={2} sx={{ alignItems: 'flex-start' }}>
      <Typography>{t('factor.text.passkey')}</Typography>
      {shown.isError && <PasskeyFailure error={shown.error} />}
      <Button variant="contained" loading={shown.isPending} onClick={() => shown.mutate()}>
        {t('factor.send.passkey')}
      </Button>
    </Stack>
  );
}

/** A dialog that was dismissed is no failure of the platform. */
export function PasskeyFailure({ error }: { error: unknown }) {
  const { t } = useTranslation('session');
  if (error instanceof DOMException)
    return <Typography role="alert">{t('passkey.none')}</Typography>;
  return <Failure error={error} />;
}
