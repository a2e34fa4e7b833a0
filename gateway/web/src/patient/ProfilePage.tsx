import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { ProfileForm } from './ProfileForm';
import { type Patient, profileQuery } from './queries';
import { RemindersForm } from './RemindersForm';

/** Who a patient is, as far as they say, and when they are reminded of visits. */
export function ProfilePage() {
  const { t } = useTranslation('patient');
  const id = usePatient();
  const patient = useQuery(profileQuery(id));
  return (
    <Page title={t('title')}>
      <Loaded query={patient} lines={5}>
        {(found) => (
          <>
            <Registered patient={found} />
            <Paper component="section" sx={{ p: { xs: 2, md: 3 } }}>
              <Stack spacing={2}>
                <Typography variant="h2">{t('reminders.title')}</Typography>
                <RemindersForm key={`${id} ${found.reminders}`} patient={found} />
              </Stack>
            </Paper>
            <Paper component="section" sx={{ p: { xs: 2, md: 3 } }}>
              <Stack spacing={2}>
                <Typography variant="h2">{t('profile.title')}</Typography>
                <ProfileForm
                  key={JSON.stringify([id, found.language, found.profile])}
                  patient={found}
                />
              </Stack>
            </Paper>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What was said at registration, and stays. */
function Registered({ patient }: { patient: Patient }) {
  const { t } = useTranslation('patient');
  const written = useWritten();
  const { date_of_birth: born, guardian } = patient;
  return (
    <Paper component="section" sx={{ p: { xs: 2, md: 3 } }}>
      <Stack spacing={1.5}>
        <Typography variant="h2">{patient.name}</Typography>
        <Facts
          of={[
            [t('fact.born'), born && written.date(born)],
            [t('fact.phone'), patient.phone],
            [t('fact.email'), patient.email],
            [t('fact.guardian'), guardian && written.date(guardian.until)],
          ]}
        />
        <Typography variant="body2" color="text.secondary">
          {t('fact.stays')}
        </Typography>
      </Stack>
    </Paper>
  );
}
