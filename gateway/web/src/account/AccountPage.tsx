import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Preferences } from '@/app/Preferences';
import { Page } from '@/patterns/Page';
import { SecondFactors } from '@/second_factor/SecondFactors';
import { Sessions } from '@/session/Sessions';
import { useSignOut } from '@/session/useSignOut';
import { PasswordForm } from './PasswordForm';

/** One's account: this device, how one signs in, and where one is signed in. */
export function AccountPage() {
  const { t } = useTranslation(['account', 'session']);
  const signOut = useSignOut();
  const out = (
    <Button variant="outlined" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('session:out.now')}
    </Button>
  );
  return (
    <Page title={t('page.title')} actions={out}>
      <Part title={t('page.device')}>
        <Preferences />
      </Part>
      <Part title={t('page.security')}>
        <SecondFactors />
      </Part>
      <Part title={t('password.title')}>
        <PasswordForm />
      </Part>
      <Part title={t('page.sessions')}>
        <Sessions />
      </Part>
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper sx={{ p: { xs: 2, md: 3 } }}>
      <Stack spacing={2}>
        <Typography variant="h2">{title}</Typography>
        {children}
      </Stack>
    </Paper>
  );
}
