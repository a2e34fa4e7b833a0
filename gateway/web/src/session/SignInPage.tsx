import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Page } from '@/patterns/Page';
import { deviceName } from './device';
import { type Challenge, Entry } from './Entry';
import { PasskeyFailure } from './Factors';
import { onwards } from './onwards';
import { signInRoute } from './pages';
import { hasPasskeys, showPasskey } from './passkey';
import { useSession } from './store';
import { enter, IN_COOKIE } from './tokens';

/** The door: a password and what else the account asks for, or a passkey alone. */
export function SignInPage() {
  const { t } = useTranslation('session');
  const session = useSession();
  const { history } = useRouter();
  const { to } = signInRoute.useSearch();
  const [challenge, setChallenge] = useState<Challenge>();
  const [before] = useState(session.state === 'out' ? session.person : undefined);
  const entered = () => history.replace(onwards(to, before));
  const form = useCommandForm({
    values: { email: '', password: '' },
    send: async (values) => {
      const { data, response } = await api.POST('/v1/sessions', {
        body: { ...values, device: deviceName() },
        headers: IN_COOKIE,
      });
      if (data === undefined) return;
      if ('challenge' in data) setChallenge(data);
      else {
        enter(data, response);
        entered();
      }
    },
  });
  const passkey = useMutation({
    mutationFn: async () => {
      const question = await answered(api.POST('/v1/sessions/passkey-question', {}));
      const shown = await showPasskey(question.options);
      const { data, response } = await api.POST('/v1/sessions/passkey', {
        body: { challenge: question.challenge, passkey: shown, device: deviceName() },
        headers: IN_COOKIE,
      });
      if (data) enter(data, response);
    },
    onSuccess: entered,
  });
  if (challenge !== undefined) {
    return (
      <Page title={t('in.title')}>
        <Entry challenge={challenge} entered={entered} />
        <Button sx={{ alignSelf: 'flex-start' }} onClick={() => setChallenge(undefined)}>
          {t('in.back')}
        </Button>
      </Page>
    );
  }
  return (
    <Page title={t('in.title')}>
      {session.state === 'out' && session.reason === 'over' && (
        <Typography role="status">{t('in.over')}</Typography>
      )}
      <Form of={form} submit={t('in.go')}>
        <Field name="email" type="email" label={t('email')} autoComplete="username" />
        <Field
          name="password"
          type="password"
          label={t('password')}
          autoComplete="current-password"
        />
      </Form>
      {hasPasskeys() && (
        <Stack spacing={2}>
          <Divider>{t('in.or')}</Divider>
          {passkey.isError && <PasskeyFailure error={passkey.error} />}
          <Button variant="outlined" loading={passkey.isPending} onClick={() => passkey.mutate()}>
            {t('in.passkey')}
          </Button>
        </Stack>
      )}
      <Stack spacing={1}>
        <Link to="/recover">{t('in.forgotten')}</Link>
        <Link to="/register">{t('in.register')}</Link>
        <Link to="/invitation">{t('in.invited')}</Link>
      </Stack>
    </Page>
  );
}
