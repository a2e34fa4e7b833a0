import {
  mdiAccountSearchOutline,
  mdiAlarmLightOutline,
  mdiDeleteClockOutline,
  mdiHandshakeOutline,
  mdiScaleBalance,
  mdiSealVariant,
  mdiShieldKeyOutline,
} from '@mdi/js';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { LinkCard } from '@/patterns/LinkCard';
import { Page } from '@/patterns/Page';

/** Where a compliance officer begins. Nothing is looked up here: each look is told to the patient. */
export function CompliancePage() {
  const { t } = useTranslation('access');
  return (
    <Page title={t('officer.title')}>
      <Typography>{t('officer.text')}</Typography>
      <Stack spacing={1.5}>
        <LinkCard
          to="/compliance/accesses"
          icon={mdiAccountSearchOutline}
          title={t('officer.accesses')}
        >
          {t('officer.accesses_text')}
        </LinkCard>
        <LinkCard
          to="/compliance/consents"
          icon={mdiHandshakeOutline}
          title={t('officer.consents')}
        >
          {t('officer.consents_text')}
        </LinkCard>
        <LinkCard
          to="/compliance/emergencies"
          icon={mdiAlarmLightOutline}
          title={t('officer.emergencies')}
        >
          {t('officer.emergencies_text')}
        </LinkCard>
        <LinkCard
          to="/compliance/erasures"
          icon={mdiDeleteClockOutline}
          title={t('officer.erasures')}
        >
          {t('officer.erasures_text')}
        </LinkCard>
        <LinkCard to="/compliance/holds" icon={mdiScaleBalance} title={t('officer.holds')}>
          {t('officer.holds_text')}
        </LinkCard>
        <LinkCard to="/compliance/checkpoint" icon={mdiSealVariant} title={t('officer.checkpoint')}>
          {t('officer.checkpoint_text')}
        </LinkCard>
        <LinkCard to="/policies" icon={mdiShieldKeyOutline} title={t('officer.policies')}>
          {t('officer.policies_text')}
        </LinkCard>
      </Stack>
    </Page>
  );
}
