import { mdiAccountChildOutline, mdiConnection, mdiShieldKeyOutline } from '@mdi/js';
import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { LinkCard } from '@/patterns/LinkCard';
import { Page } from '@/patterns/Page';

/** Where those begin who answer for the platform or a hospital. */
export function AdministrationPage() {
  const { t } = useTranslation('policy');
  const manager = useRoles().includes('administrator');
  return (
    <Page title={t('home.title')}>
      <Stack spacing={1.5}>
        <LinkCard to="/policies" icon={mdiShieldKeyOutline} title={t('list.title')}>
          {t('home.policies')}
        </LinkCard>
        <LinkCard
          to="/administration/integrators"
          icon={mdiConnection}
          title={t('home.integrators')}
        >
          {t('home.integrators_text')}
        </LinkCard>
        {manager && (
          <LinkCard
            to="/administration/guardians"
            icon={mdiAccountChildOutline}
            title={t('home.guardians')}
          >
            {t('home.guardians_text')}
          </LinkCard>
        )}
      </Stack>
    </Page>
  );
}
