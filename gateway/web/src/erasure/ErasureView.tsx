import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { saying } from '@/app/say';
import { useWritten } from '@/i18n/written';
import { Confirm } from '@/patterns/Confirm';
import { Facts } from '@/patterns/Facts';
import { Note, Tag } from '@/patterns/Note';
import { CategoryCard } from './CategoryCard';
import { CertificateOf } from './CertificateOf';
import { canBeWithdrawn, type Erasure, type ErasureState } from './queries';
import { useReason } from './reasons';

/** A request to be erased: what becomes of each kind of data, what stays, and why. */
export function ErasureView({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation('erasure');
  const written = useWritten();
  const reason = useReason();
  const hold = erasure.legal_hold;
  return (
    <Stack component="section" spacing={2}>
      <Facts
        of={[
          [t('fact.state'), <Tag key="state">{t(`state.${erasure.state as ErasureState}`)}</Tag>],
          [t('fact.asked'), written.moment(erasure.requested_at)],
        ]}
      />
      {hold && (
        <Note tone="warning">
          {hold.until ? t('held_until', { day: written.day(hold.until) }) : t('held')}
        </Note>
      )}
      {canBeWithdrawn(erasure) && <Withdraw id={erasure.id} />}
      {erasure.state !== 'withdrawn' && (
        <>
          <Typography variant="h2">{t('becomes')}</Typography>
          <Stack spacing={1.5}>
            {erasure.categories.map((category) => (
              <CategoryCard key={category.category} of={category} />
            ))}
          </Stack>
          <Typography variant="h2">{t('stays')}</Typography>
          {erasure.stays.map(({ rule, reason: text, source }) => (
            <div key={rule}>
              <Typography>{reason(rule, text)}</Typography>
              <Typography variant="body2" color="text.secondary">
                {source}
              </Typography>
            </div>
          ))}
        </>
      )}
      {erasure.certificates.length > 0 && <CertificateOf id={erasure.id} />}
    </Stack>
  );
}

function Withdraw({ id }: { id: string }) {
  const { t } = useTranslation('erasure');
  return (
    <div>
      <Confirm
        does={t('withdraw.do')}
        title={t('withdraw.title')}
        send={() => api.POST('/v1/erasures/{id}/withdraw', { params: { path: { id } } })}
        done={saying(t('withdraw.done'))}
      >
        <Typography>{t('withdraw.text')}</Typography>
      </Confirm>
    </div>
  );
}
