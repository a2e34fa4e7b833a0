import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { EmergencyFacts } from './EmergencyFacts';
import { emergencyRoute } from './pages';
import { emergencyQuery } from './queries';

/** For the patient: who opened the record in an emergency, why, and what was found of it. */
export function EmergencyPage() {
  const { t } = useTranslation('emergency_review');
  const { id } = emergencyRoute.useParams();
  const access = useQuery(emergencyQuery(id));
  return (
    <Page title={t('patient.title')}>
      <Typography>{t('patient.text')}</Typography>
      <Loaded query={access} lines={4}>
        {(it) => (
          <>
            <Paper sx={{ p: 2 }}>
              <EmergencyFacts access={it} />
            </Paper>
            {it.state !== 'reviewed' && <Typography>{t('patient.waits')}</Typography>}
          </>
        )}
      </Loaded>
      <Link to="/privacy/accesses">{t('patient.accesses')}</Link>
    </Page>
  );
}
