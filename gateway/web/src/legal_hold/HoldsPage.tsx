import Typography from '@mui/material/Typography';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { IdForm } from '@/patterns/IdForm';
import { Page } from '@/patterns/Page';

/** By a patient's number to the hold on their data. */
export function HoldsPage() {
  const { t } = useTranslation('legal_hold');
  const navigate = useNavigate();
  return (
    <Page title={t('title')}>
      <Typography>{t('text')}</Typography>
      <IdForm
        label={t('number')}
        submit={t('open')}
        go={(id) => void navigate({ to: '/compliance/holds/$id', params: { id } })}
      />
    </Page>
  );
}
