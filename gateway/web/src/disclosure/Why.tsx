import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { CloseAccess } from '@/emergency_access/CloseAccess';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Note } from '@/patterns/Note';
import type { Consent } from './queries';
import type { Reasons } from './useReasons';

/** Why the reader may see this, reason by reason, each with its end. */
export function Why({ reasons }: { reasons: Reasons }) {
  const { t } = useTranslation('disclosure');
  const written = useWritten();
  const { desk, visit, consents, emergency } = reasons;
  const at = emergency?.hospital ?? '';
  const zone = useQuery({ ...hospitalQuery(at), enabled: at !== '' }).data?.time_zone;
  return (
    <>
      {emergency && (
        <Note tone="warning" role="status" actions={<CloseAccess access={emergency} />}>
          <p>
            <strong>{t('why.emergency', { time: written.time(emergency.until, zone) })}</strong>
          </p>
          <p>{t('why.recorded')}</p>
        </Note>
      )}
      <Note tone="info">
        <p>
          <strong>{t('why.title')}</strong>
        </p>
        {desk && <p>{t('why.desk')}</p>}
        {visit && (
          <p>{t('why.visit', { moment: written.moment(visit.starts_at, visit.time_zone) })}</p>
        )}
        {consents.map((consent) => (
          <ConsentReason key={consent.id} consent={consent} />
        ))}
        {emergency && <p>{t(`why.for.${emergency.reason}`)}</p>}
        <p>{t('why.history')}</p>
      </Note>
    </>
  );
}

function ConsentReason({ consent }: { consent: Consent }) {
  const { t } = useTranslation('disclosure');
  const written = useWritten();
  const { grantee } = consent;
  const at = grantee.kind === 'hospital' ? grantee.id : grantee.hospital;
  const hospital = useQuery({ ...hospitalQuery(at ?? ''), enabled: at !== undefined }).data;
  const department = hospital?.departments.find(({ id }) => id === grantee.id);
  const to = [department?.name, hospital?.name].filter(Boolean).join(', ');
  return (
    <p>
      {t('why.consent', {
        to: grantee.kind === 'person' || to === '' ? t('why.you') : to,
        until: written.day(consent.expires_at, hospital?.time_zone),
        types: consent.types.map((type) => t(`type.${type}`)).join(', '),
      })}
    </p>
  );
}
