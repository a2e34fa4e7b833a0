import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { idIn } from '@/patterns/IdField';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { useSession } from '@/session/store';
import { GivenFields, useNamed } from './Given';

/** An account for somebody who was invited to work at a hospital, and has none. */
export function AcceptPage() {
  const { t } = useTranslation('invitation');
  const [done, setDone] = useState(false);
  if (done) {
    return (
      <Page title={t('accept.title')}>
        <Note tone="success" role="status">
          {t('accept.opened')}
        </Note>
        <Typography>{t('accept.next')}</Typography>
        <LinkButton to="/sign-in">{t('accept.sign_in')}</LinkButton>
      </Page>
    );
  }
  return (
    <Page title={t('accept.title')}>
      <Known />
      <Typography>{t('accept.text')}</Typography>
      <OpenForm done={() => setDone(true)} />
    </Page>
  );
}

/** The way for who has an account: the invitation is for that one then. */
function Known() {
  const { t } = useTranslation('invitation');
  const named = useNamed();
  const signedIn = useSession().state === 'in';
  const to = named === '' ? '/account/invitation' : `/account/invitation/${named}`;
  const way = signedIn ? (
    <Link to={to}>{t('accept.here')}</Link>
  ) : (
    <Link to="/sign-in" search={{ to }}>
      {t('accept.known_go')}
    </Link>
  );
  return (
    <Note tone="info">
      <Stack spacing={1}>
        <span>{t('accept.known')}</span>
        {way}
      </Stack>
    </Note>
  );
}

function OpenForm({ done }: { done: () => void }) {
  const { t } = useTranslation('invitation');
  const form = useCommandForm({
    values: { code: '', invitation: useNamed(), name: '', password: '' },
    send: ({ code, invitation, name, password }) =>
      answered(
        api.POST('/v1/invitations/{id}/accept', {
          params: { path: { id: idIn(invitation) } },
          body: { code: code.trim(), name: name.trim(), password },
        }),
      ),
    done,
  });
  return (
    <Form of={form} submit={t('accept.go')}>
      <GivenFields />
      <Field
        name="password"
        type="password"
        label={t('accept.password')}
        helperText={t('accept.password_why')}
        least={12}
        autoComplete="new-password"
      />
    </Form>
  );
}
