import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { useWritten } from '@/i18n/written';
import { Failure } from '@/patterns/Failure';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { hasPasskeys, showPasskey } from './passkey';

export type Method = components['schemas']['ProofCode'];
type Question = components['schemas']['PasskeyQuestionOut'];

/** What is shown: a code, a password, or what a passkey said to a question. */
export interface Shown {
  readonly method: Method;
  readonly code?: string;
  readonly password?: string;
  readonly passkey?: unknown;
  readonly challenge?: string;
}

/** Who asks for a factor: at the door, or before something dangerous. */
export interface Asks {
  /** With which of them it can be answered. */
  readonly methods: readonly Method[];
  /** Has a code sent; with the answer comes until when it works, and perhaps what to send it with. */
  send(by: 'mail' | 'sms'): Promise<{ readonly expires_at: string; readonly challenge?: string }>;
  /** What to ask a passkey. */
  question(): Promise<Question>;
  /** Takes what is shown, and goes on. */
  take(shown: Shown): Promise<unknown>;
}

/** Lets somebody show one of the factors that they have. */
export function Factors({ asks }: { asks: Asks }) {
  const { t } = useTranslation('session');
  const offered = asks.methods.filter((method) => method !== 'passkey' || hasPasskeys());
  const [method, choose] = useState<Method | undefined>(offered[0]);
  const others = offered.filter((other) => other !== method);
  return (
    <Stack spacing={2}>
      {method === 'passkey' && <ByPasskey asks={asks} />}
      {method !== undefined && method !== 'passkey' && (
        <ByText key={method} asks={asks} method={method} />
      )}
      {others.length > 0 && (
        <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
          <Typography color="textSecondary">{t('factor.other')}</Typography>
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

function ByText({ asks, method }: { asks: Asks; method: Exclude<Method, 'passkey'> }) {
  const { t } = useTranslation('session');
  const written = useWritten();
  const sent = useMutation({ mutationFn: asks.send });
  const challenge = sent.data?.challenge;
  const form = useCommandForm({
    values: { code: '' },
    fields: { '/password': 'code', '/code': 'code' },
    send: ({ code }) =>
      asks.take({
        method,
        ...(method === 'password' ? { password: code } : { code: code.trim() }),
        ...(challenge && { challenge }),
      }),
  });
  const { setFocus } = form.form;
  useEffect(() => setFocus('code'), [setFocus]);
  const digits = method === 'totp' || method === 'mail' || method === 'sms';
  return (
    <Form of={form} submit={t('factor.go')}>
      <Typography>{t(`factor.text.${method}`)}</Typography>
      {(method === 'mail' || method === 'sms') && (
        <Button variant="outlined" loading={sent.isPending} onClick={() => sent.mutate(method)}>
          {t(`factor.send.${method}`)}
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
        label={method === 'password' ? t('password') : t('factor.code')}
        type={method === 'password' ? 'password' : 'text'}
        autoComplete={method === 'password' ? 'current-password' : 'one-time-code'}
        slotProps={{ htmlInput: { inputMode: digits ? 'numeric' : 'text' } }}
      />
    </Form>
  );
}

function ByPasskey({ asks }: { asks: Asks }) {
  const { t } = useTranslation('session');
  const shown = useMutation({
    mutationFn: async () => {
      const question = await asks.question();
      const passkey = await showPasskey(question.options);
      return asks.take({ method: 'passkey', passkey, challenge: question.challenge });
    },
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

/** A dialog of the browser that was dismissed is no failure of the platform. */
export function PasskeyFailure({ error }: { error: unknown }) {
  const { t } = useTranslation('session');
  if (error instanceof DOMException) {
    return <Typography role="alert">{t('passkey.none')}</Typography>;
  }
  return <Failure error={error} />;
}
