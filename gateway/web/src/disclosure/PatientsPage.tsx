import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { IdForm } from '@/patterns/IdForm';
import { LinkCard } from '@/patterns/LinkCard';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import type { From } from './pages';
import { type Consent, consentsOf, heldConsentsQuery } from './queries';

/** Patients whom a clinician looks for: by their number, or by the consent they gave. */
export function PatientsPage() {
  const { t } = useTranslation('disclosure');
  const navigate = useNavigate();
  const consents = useQuery(heldConsentsQuery);
  const from = (patient: string) => {
    const known = consentsOf(consents.data, patient);
    return known === '' ? {} : { consents: known };
  };
  return (
    <Page title={t('find.title')}>
      <Typography>{t('find.text')}</Typography>
      <Paper sx={{ p: 2 }}>
        <IdForm
          label={t('find.number')}
          hint={t('find.hint')}
          submit={t('find.open')}
          go={(id) => void navigate({ to: '/patients/$id', params: { id }, search: from(id) })}
        />
      </Paper>
      <Typography variant="h2">{t('find.held')}</Typography>
      <Loaded query={consents} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <Empty>{t('find.none')}</Empty>
          ) : (
            <Stack spacing={1.5}>
              {all.map((consent) => (
                <Held key={consent.id} consent={consent} from={from(consent.patient)} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

/** A consent without its patient's name: each read of a name is recorded. */
function Held({ consent, from }: { consent: Consent; from: From }) {
  const { t } = useTranslation('disclosure');
  const written = useWritten();
  return (
    <LinkCard
      to="/patients/$id"
      params={{ id: consent.patient }}
      search={from}
      title={t('find.one', { number: `…${consent.patient.slice(-8)}` })}
    >
      <div>{consent.types.map((type) => t(`type.${type}`)).join(', ')}</div>
      <div>{t('find.until', { day: written.day(consent.expires_at) })}</div>
    </LinkCard>
  );
}
