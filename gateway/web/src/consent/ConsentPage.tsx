import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { AnswerConsent } from './AnswerConsent';
import { isOver } from './ConsentCard';
import { ConsentFacts } from './ConsentFacts';
import { consentRoute } from './pages';
import { type Consent, consentQuery } from './queries';
import { Receipt } from './Receipt';

/** One consent: what it lets whom see, what can be done about it, and its receipt. */
export function ConsentPage() {
  const { t } = useTranslation('consent');
  const { id } = consentRoute.useParams();
  const consent = useQuery(consentQuery(id));
  return (
    <Page title={t('one.title')}>
      <Loaded query={consent} lines={4}>
        {(it) => (
          <>
            <Paper sx={{ p: 2 }}>
              <ConsentFacts consent={it} />
            </Paper>
            {it.state === 'requested' && <AnswerConsent consent={it} />}
            {it.state === 'granted' && <Revoke consent={it} />}
            {isOver(it) && <Over consent={it} />}
            <Receipt id={it.id} version={it.version} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** As easy as it was to give. */
function Revoke({ consent }: { consent: Consent }) {
  const { t } = useTranslation('consent');
  const params = { path: { id: consent.id } };
  return (
    <Stack spacing={1} sx={{ alignItems: 'flex-start' }}>
      <Confirm
        does={t('revoke.do')}
        title={t('revoke.title')}
        color="error"
        variant="contained"
        send={() => api.POST('/v1/consents/{id}/revoke', { params })}
        done={saying(t('revoke.done'))}
      >
        <Typography>{t('revoke.text')}</Typography>
      </Confirm>
      <Typography variant="body2" color="text.secondary">
        {t('revoke.note')}
      </Typography>
    </Stack>
  );
}

function Over({ consent }: { consent: Consent }) {
  const { t } = useTranslation('consent');
  const written = useWritten();
  const state = consent.state as 'denied' | 'revoked' | 'expired';
  return <Note tone="info">{t(`over.${state}`, { day: written.day(consent.decided_at) })}</Note>;
}
