import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { saying } from '@/app/say';
import { erasuresOfQuery } from '@/erasure/queries';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { HoldForm } from './HoldForm';
import { holdRoute } from './pages';
import { ReleaseForm } from './ReleaseForm';

/** The legal hold on a patient's data: placed and lifted. */
export function HoldPage() {
  const { t } = useTranslation('legal_hold');
  const { id } = holdRoute.useParams();
  const params = { path: { id } };
  return (
    <Page title={t('title')}>
      <Facts of={[[t('number'), id]]} />
      <Erasures patient={id} />
      <Stack component="section" spacing={1.5}>
        <Typography variant="h2">{t('hold.title')}</Typography>
        <Typography>{t('hold.text')}</Typography>
        <HoldForm
          send={(body) => api.PUT('/v1/patients/{id}/legal-hold', { params, body })}
          done={saying(t('hold.done'))}
        />
      </Stack>
      <Stack component="section" spacing={1.5}>
        <Typography variant="h2">{t('release.title')}</Typography>
        <ReleaseForm
          send={(body) => api.POST('/v1/patients/{id}/legal-hold/release', { params, body })}
          done={saying(t('release.done'))}
        />
      </Stack>
    </Page>
  );
}

/** The erasures of the patient, which say whether they are held. */
function Erasures({ patient }: { patient: string }) {
  const { t } = useTranslation('legal_hold');
  const written = useWritten();
  const erasures = useQuery(erasuresOfQuery(patient));
  return (
    <Loaded query={erasures} lines={1}>
      {(all) =>
        all.length === 0 ? (
          <Typography color="text.secondary">{t('no_erasure')}</Typography>
        ) : (
          <ul>
            {all.map(({ id, requested_at, legal_hold }) => (
              <li key={id}>
                <Link to="/compliance/erasures/$id" params={{ id }}>
                  {t('erasure', { day: written.day(requested_at) })}
                </Link>{' '}
                · {t(legal_hold ? 'held' : 'not_held')}
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}
