import Typography from '@mui/material/Typography';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { useWritten } from '@/i18n/written';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Page } from '@/patterns/Page';
import { type Challenge, Entry } from '@/session/Entry';
import { enter, IN_COOKIE } from '@/session/tokens';

type Asked = components['schemas']['AskedOut'];

/** A new password for who has forgotten theirs. Their second factor they still need. */
export function RecoverPage() {
  const { t } = useTranslation('account');
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked>();
  const [challenge, setChallenge] = useState<Challenge>();
  const entered = () => void navigate({ to: '/', replace: true });
  return (
    <Page title={t('recover.title')}>
      {challenge !== undefined && <Entry challenge={challenge} entered={entered} />}
      {challenge === undefined && asked === undefined && <AskStep done={setAsked} />}
      {challenge === undefined && asked !== undefined && (
        <SetStep asked={asked} entered={entered} challenged={setChallenge} />
      )}
      <Link to="/sign-in">{t('register.known')}</Link>
    </Page>
  );
}

function AskStep({ done }: { done: (asked: Asked) => void }) {
  const { t } = useTranslation('account');
  const form = useCommandForm({
    values: { email: '' },
    send: ({ email }) => answered(api.POST('/v1/recoveries', { body: { email } })),
    done,
  });
  return (
    <Form of={form} submit={t('recover.go')}>
      <Typography>{t('recover.text')}</Typography>
      <Field name="email" type="email" label={t('register.email.title')} autoComplete="username" />
    </Form>
  );
}

function SetStep(props: {
  asked: Asked;
  entered: () => void;
  challenged: (challenge: Challenge) => void;
}) {
  const { asked, entered, challenged } = props;
  const { t } = useTranslation('account');
  const written = useWritten();
  const form = useCommandForm({
    values: { code: '', password: '' },
    send: async ({ code, password }) => {
      const { data, response } = await api.POST('/v1/recoveries/{id}/completion', {
        params: { path: { id: asked.id } },
        body: { code: code.trim(), password },
        headers: IN_COOKIE,
      });
      if (data === undefined) return;
      if ('challenge' in data) challenged(data);
      else {
        enter(data, response);
        entered();
      }
    },
  });
  return (
    <Form of={form} submit={t('recover.set')}>
      <Typography role="status">
        {t('register.code.text', { time: written.time(asked.expires_at) })}
      </Typography>
      <Field name="code" label={t('recover.code')} autoComplete="one-time-code" />
      <Field
        name="password"
        type="password"
        label={t('recover.password')}
        helperText={t('register.password_why')}
        least={12}
        autoComplete="new-password"
      />
    </Form>
  );
}
