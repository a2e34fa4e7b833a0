import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Tag } from '@/patterns/Note';
import { useGranteeName } from './names';
import type { Consent } from './queries';

type Frequency = NonNullable<Consent['frequency']>;

/** Who may see what of a record, why, of which time, until when and how often. */
export function ConsentFacts({ consent }: { consent: Consent }) {
  const { t } = useTranslation('consent');
  const written = useWritten();
  const name = useGranteeName(consent.grantee);
  const asker = useAsker(consent);
  const often = useFrequency();
  const { from, to, frequency } = consent;
  return (
    <Facts
      of={[
        [t('fact.state'), <Tag key="state">{t(`state.${consent.state}`)}</Tag>],
        [t('fact.who'), name],
        [t('fact.asker'), asker],
        [t('fact.purpose'), t(`purpose.${consent.purpose}`)],
        [t('fact.types'), consent.types.map((type) => t(`type.${type}`)).join(', ')],
        [t('fact.mode'), t(`mode.${consent.mode}`)],
        [t('fact.period'), t('period', { from: written.day(from), to: written.day(to) })],
        [t('fact.until'), written.day(consent.expires_at)],
        [t('fact.often'), often(frequency)],
        [t(consent.requester ? 'fact.asked' : 'fact.made'), written.day(consent.created_at)],
      ]}
    />
  );
}

/** How often use may be made of a consent, in words. */
export function useFrequency(): (frequency: Frequency | undefined) => string {
  const { t } = useTranslation('consent');
  return (frequency) => {
    if (frequency === undefined) return t('often.at_will');
    const stretch = t(`often.${frequency.unit}`, { count: frequency.value });
    return t('often.limited', { count: frequency.repeats, stretch });
  };
}

/** Who asked, if that is somebody else than who may see it. */
function useAsker({ requester, grantee }: Consent): string | undefined {
  const { t } = useTranslation('consent');
  const other = requester !== undefined && requester !== grantee.id;
  const doctor = useQuery({ ...doctorQuery(requester ?? ''), enabled: other }).data;
  return other ? (doctor?.name ?? t('grantee.person')) : undefined;
}
