import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Tag } from '@/patterns/Note';
import type { EmergencyAccess } from './queries';

/** How a record was opened in an emergency: who, where, when, why, and what was found of it. */
export function EmergencyFacts(props: {
  access: EmergencyAccess;
  more?: readonly (readonly [string, ReactNode])[];
}) {
  const { access, more = [] } = props;
  const { t } = useTranslation('emergency_review');
  const written = useWritten();
  const hospital = useQuery(hospitalQuery(access.hospital)).data;
  const doctor = useQuery(doctorQuery(access.clinician)).data;
  const at = (instant: string | undefined) =>
    instant && written.moment(instant, hospital?.time_zone);
  return (
    <Facts
      of={[
        [t('fact.state'), <Tag key="state">{t(`state.${access.state}`)}</Tag>],
        [t('fact.who'), doctor?.name ?? t('somebody')],
        [t('fact.hospital'), hospital?.name],
        [t('fact.reason'), t(`reason.${access.reason}`)],
        [t('fact.explanation'), access.explanation],
        [t('fact.opened'), at(access.opened_at)],
        [t('fact.closed'), at(access.closed_at ?? access.until)],
        ...more,
        [t('fact.reviewed'), at(access.reviewed_at)],
        [t('fact.verdict'), verdict(access.justified, t('justified'), t('unjustified'))],
        [t('fact.remark'), access.remark],
      ]}
    />
  );
}

function verdict(justified: boolean | undefined, yes: string, no: string): string | undefined {
  if (justified === undefined) return undefined;
  return justified ? yes : no;
}
