import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { useRoles } from '@/app/roles';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Facts } from '@/patterns/Facts';
import { Form, useCommandForm } from '@/patterns/form';
import { IdField, idIn } from '@/patterns/IdField';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { guardianRoute } from './pages';
import { type Ward, wardQuery } from './queries';

/** Who decides for a minor: named and dismissed by the front desk and the hospital's manager. */
export function GuardianPage() {
  const { t } = useTranslation('guardian');
  const { id } = guardianRoute.useParams();
  const params = { path: { id } };
  // A hospital's manager may name a guardian, and not read who the patient is.
  const reads = useRoles().includes('receptionist');
  const ward = useQuery({ ...wardQuery(id), enabled: reads });
  const none = ward.data !== undefined && !ward.data.guardian;
  const form = useCommandForm<{ guardian: string }, unknown>({
    values: { guardian: '' },
    send: ({ guardian }) =>
      api.PUT('/v1/patients/{id}/guardian', { params, body: { guardian: idIn(guardian) } }),
    done: saying(t('named.done')),
  });
  return (
    <Page title={t('named.title')}>
      <Typography>{t('named.text')}</Typography>
      {reads && <Present ward={ward} />}
      <Form of={form} submit={t('named.go')}>
        <IdField
          name="guardian"
          label={t('named.guardian')}
          helperText={t('named.guardian_hint')}
        />
      </Form>
      {!none && (
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
      )}
    </Page>
  );
}

/** Who the patient is, and who decides for them. */
function Present({ ward }: { ward: UseQueryResult<Ward> }) {
  const { t } = useTranslation('guardian');
  const written = useWritten();
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
