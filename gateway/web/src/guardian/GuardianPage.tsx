import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useRoles } from '@/app/roles';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Facts } from '@/patterns/Facts';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { guardianRoute } from './pages';
import { wardQuery } from './queries';

/** Who decides for a minor: named and dismissed by the front desk and the hospital's manager. */
export function GuardianPage() {
  const { t } = useTranslation('guardian');
  const { id } = guardianRoute.useParams();
  const params = { path: { id } };
  const form = useCommandForm<{ guardian: string }, unknown>({
    values: { guardian: '' },
    send: ({ guardian }) =>
      api.PUT('/v1/patients/{id}/guardian', { params, body: { guardian: guardian.trim() } }),
    done: saying(t('named.done')),
  });
  return (
    <Page title={t('named.title')}>
      <Typography>{t('named.text')}</Typography>
      <Present id={id} />
      <Form of={form} submit={t('named.go')}>
        <Field
          name="guardian"
          label={t('named.guardian')}
          helperText={t('named.guardian_hint')}
          autoComplete="off"
        />
      </Form>
      <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
        <Typography variant="h2">{t('dismiss.heading')}</Typography>
        <Confirm
          does={t('dismiss.do')}
          title={t('dismiss.title')}
          color="error"
          send={() => api.DELETE('/v1/patients/{id}/guardian', { params })}
          done={saying(t('dismiss.done'))}
        >
          <Typography>{t('dismiss.text')}</Typography>
        </Confirm>
      </Stack>
    </Page>
  );
}

/** Who the patient is, for whoever may read it: a hospital's manager may not. */
function Present({ id }: { id: string }) {
  const { t } = useTranslation('guardian');
  const written = useWritten();
  const reads = useRoles().includes('receptionist');
  const ward = useQuery({ ...wardQuery(id), enabled: reads });
  if (!reads) return null;
  return (
    <Paper sx={{ p: 2 }}>
      <Loaded query={ward} lines={1}>
        {({ name, date_of_birth, guardian }) => (
          <Facts
            of={[
              [t('named.patient'), name],
              [t('child.born'), date_of_birth && written.date(date_of_birth)],
              [t('named.now'), guardian?.id ?? t('named.none')],
              [t('named.until'), guardian && written.date(guardian.until)],
            ]}
          />
        )}
      </Loaded>
    </Paper>
  );
}
