import {
  mdiAccountChildOutline,
  mdiAccountGroupOutline,
  mdiConnection,
  mdiEmailAlertOutline,
  mdiHeartPulse,
  mdiHospitalBuilding,
  mdiShieldKeyOutline,
  mdiTuneVariant,
} from '@mdi/js';
import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { LinkCard } from '@/patterns/LinkCard';
import { Page } from '@/patterns/Page';

/** Where those begin who answer for the platform or a hospital. */
export function AdministrationPage() {
  const { t } = useTranslation('policy');
  const roles = useRoles();
  const manager = roles.includes('administrator');
  const network = roles.includes('platform-administrator');
  return (
    <Page title={t('home.title')}>
      <Stack spacing={1.5}>
        {network && (
          <LinkCard
            to="/administration/hospitals"
            icon={mdiHospitalBuilding}
            title={t('home.hospitals')}
          >
            {t('home.hospitals_text')}
          </LinkCard>
        )}
        {network && (
          <LinkCard
            to="/administration/people"
            icon={mdiAccountGroupOutline}
            title={t('home.people')}
          >
            {t('home.people_text')}
          </LinkCard>
        )}
        {(network || roles.includes('operator')) && (
          <LinkCard to="/administration/platform" icon={mdiHeartPulse} title={t('home.platform')}>
            {t('home.platform_text')}
          </LinkCard>
        )}
        {(network || roles.includes('operator')) && (
          <LinkCard
            to="/administration/dead-letters"
            icon={mdiEmailAlertOutline}
            title={t('home.letters')}
          >
            {t('home.letters_text')}
          </LinkCard>
        )}
        {(network || roles.includes('operator')) && (
          <LinkCard to="/administration/settings" icon={mdiTuneVariant} title={t('home.settings')}>
            {t('home.settings_text')}
          </LinkCard>
        )}
        {(network || manager) && (
          <LinkCard to="/policies" icon={mdiShieldKeyOutline} title={t('list.title')}>
            {t('home.policies')}
          </LinkCard>
        )}
        {(network || manager) && (
          <LinkCard
            to="/administration/integrators"
            icon={mdiConnection}
            title={t('home.integrators')}
          >
            {t('home.integrators_text')}
          </LinkCard>
        )}
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
