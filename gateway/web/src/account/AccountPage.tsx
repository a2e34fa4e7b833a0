import { mdiAccountDetailsOutline, mdiBadgeAccountOutline, mdiEmailOutline } from '@mdi/js';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Preferences } from '@/app/Preferences';
import { useActing } from '@/app/patient';
import { useRoles } from '@/app/roles';
import { LinkCard } from '@/patterns/LinkCard';
import { Page } from '@/patterns/Page';
import { Section } from '@/patterns/Section';
import { SecondFactors } from '@/second_factor/SecondFactors';
import { Sessions } from '@/session/Sessions';
import { useSignOut } from '@/session/useSignOut';
import { PasswordForm } from './PasswordForm';

/** One's account: this device, how one signs in, and where one is signed in. */
export function AccountPage() {
  const { t } = useTranslation(['account', 'session']);
  const roles = useRoles();
  const acting = useActing() !== undefined;
  const signOut = useSignOut();
  const out = (
    <Button variant="outlined" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('session:out.now')}
    </Button>
  );
  return (
    <Page title={t('page.title')} actions={out}>
      {roles.includes('patient') && (
        <LinkCard
          to="/account/profile"
          icon={mdiAccountDetailsOutline}
          title={acting ? t('you.acting') : t('you.profile')}
        >
          {t('you.profile_text')}
        </LinkCard>
      )}
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
      <Section title={t('work.title')}>
        <LinkCard to="/application" icon={mdiBadgeAccountOutline} title={t('work.apply')}>
          {t('work.apply_text')}
        </LinkCard>
        <LinkCard to="/account/invitation" icon={mdiEmailOutline} title={t('work.invited')}>
          {t('work.invited_text')}
        </LinkCard>
      </Section>
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
