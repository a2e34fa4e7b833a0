import Typography from '@mui/material/Typography';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { IdForm } from '@/patterns/IdForm';
import { Page } from '@/patterns/Page';

/** By a patient's number to who decides for them. */
export function FindWardPage() {
  const { t } = useTranslation('guardian');
  const navigate = useNavigate();
  return (
    <Page title={t('named.title')}>
      <Typography>{t('named.find')}</Typography>
      <IdForm
        label={t('named.number')}
        submit={t('named.open')}
        go={(id) => void navigate({ to: '/administration/guardians/$id', params: { id } })}
      />
    </Page>
  );
}
