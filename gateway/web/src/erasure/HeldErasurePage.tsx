import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { saying } from '@/app/say';
import { HoldForm } from '@/legal_hold/HoldForm';
import { ReleaseForm } from '@/legal_hold/ReleaseForm';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { ErasureView } from './ErasureView';
import { erasureRoute } from './pages';
import { type Erasure, erasureQuery, isOpen } from './queries';

/** One erasure, and the legal hold that stops it, for compliance officers. */
export function HeldErasurePage() {
  const { t } = useTranslation('erasure');
  const { id } = erasureRoute.useParams();
  const erasure = useQuery(erasureQuery(id));
  return (
    <Page title={t('officer.one')}>
      <Loaded query={erasure} lines={5}>
        {(it) => (
          <>
            <Facts
              of={[
                [t('fact.person'), it.person],
                [t('fact.reason'), t(`why.${it.reason}` as never, { defaultValue: it.reason })],
                [t('officer.basis'), it.legal_hold?.basis],
              ]}
            />
            {isOpen(it) && <Hold erasure={it} />}
            <ErasureView erasure={it} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Hold({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation('erasure');
  const params = { path: { id: erasure.id } };
  return (
    <Stack component="section" spacing={1.5}>
      <Typography variant="h2">{t('officer.hold_title')}</Typography>
      <Typography>{t('officer.hold_text')}</Typography>
      {erasure.legal_hold ? (
        <ReleaseForm
          send={(body) => api.POST('/v1/erasures/{id}/release', { params, body })}
          done={saying(t('officer.released'))}
        />
      ) : (
        <HoldForm
          send={(body) => api.POST('/v1/erasures/{id}/hold', { params, body })}
          done={saying(t('officer.held_done'))}
        />
      )}
    </Stack>
  );
}
