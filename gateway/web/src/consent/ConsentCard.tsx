import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { LinkCard } from '@/patterns/LinkCard';
import { Tag } from '@/patterns/Note';
import { useGranteeName } from './names';
import type { Consent } from './queries';

/** A consent in a list: to whom, of what, and until when. */
export function ConsentCard({ consent }: { consent: Consent }) {
  const { t } = useTranslation('consent');
  const written = useWritten();
  const name = useGranteeName(consent.grantee);
  const kinds = consent.types.map((type) => t(`type.${type}`)).join(', ');
  return (
    <LinkCard
      to="/privacy/consents/$id"
      params={{ id: consent.id }}
      title={name}
      tag={<Tag>{t(`state.${consent.state}`)}</Tag>}
    >
      <div>{kinds}</div>
      <div>
        {consent.state === 'requested' && t('card.answer', { day: written.day(consent.over_at) })}
        {consent.state === 'granted' && t('card.until', { day: written.day(consent.expires_at) })}
        {isOver(consent) && t('card.over', { day: written.day(consent.decided_at) })}
      </div>
    </LinkCard>
  );
}

/** Whether nothing can be done with it any more. */
export function isOver({ state }: Consent): boolean {
  return state !== 'requested' && state !== 'granted';
}
