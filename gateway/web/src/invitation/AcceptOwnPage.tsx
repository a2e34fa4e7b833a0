import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { meQuery } from '@/app/roles';
import { Form, useCommandForm } from '@/patterns/form';
import { idIn } from '@/patterns/IdField';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { useAccess } from '@/session/store';
import { GivenFields, useNamed } from './Given';

/** Takes an invitation up with the account that is signed in. */
export function AcceptOwnPage() {
  const { t } = useTranslation('invitation');
  const [done, setDone] = useState(false);
  return (
    <Page title={t('accept.title')}>
      {done ? (
        <Accepted />
      ) : (
        <>
          <Typography>{t('accept.own_text')}</Typography>
          <OwnForm done={() => setDone(true)} />
        </>
      )}
    </Page>
  );
}

/** What is next: a second factor, or the work itself. */
function Accepted() {
  const { t } = useTranslation('invitation');
  const me = useQuery(meQuery(useAccess().person)).data;
  return (
    <>
      <Note tone="success" role="status">
        {t('accept.own_done')}
      </Note>
      {me !== undefined && !me.second_factor && (
        <>
          <Typography>{t('accept.factor')}</Typography>
          <LinkButton to="/account">{t('accept.factor_go')}</LinkButton>
        </>
      )}
      {me?.second_factor && <LinkButton to="/">{t('accept.work')}</LinkButton>}
    </>
  );
}

function OwnForm({ done }: { done: () => void }) {
  const { t } = useTranslation('invitation');
  const form = useCommandForm({
    values: { code: '', invitation: useNamed(), name: '' },
    send: ({ code, invitation, name }) =>
      answered(
        api.POST('/v1/me/invitations/{id}/accept', {
          params: { path: { id: idIn(invitation) } },
          body: { code: code.trim(), name: name.trim() },
        }),
      ),
    done,
  });
  return (
    <Form of={form} submit={t('accept.go')}>
      <GivenFields />
    </Form>
  );
}
