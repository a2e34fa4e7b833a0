import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { saying } from '@/app/say';
import { Confirm } from '@/patterns/Confirm';
import type { EmergencyAccess } from './queries';

/** Closes a record that was opened in an emergency, before its time. */
export function CloseAccess({ access }: { access: EmergencyAccess }) {
  const { t } = useTranslation('emergency_access');
  return (
    <Confirm
      does={t('close.do')}
      title={t('close.title')}
      send={() =>
        api.POST('/v1/emergency-accesses/{id}/close', { params: { path: { id: access.id } } })
      }
      done={saying(t('close.done'))}
      ends={[
        ['patient', access.patient],
        ['appointment', 'of', access.patient],
      ]}
    >
      {t('close.text')}
    </Confirm>
  );
}
