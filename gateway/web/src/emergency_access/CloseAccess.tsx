import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import { Confirm } from '@/patterns/Confirm';
import type { EmergencyAccess } from './queries';

/** Closes a record that was opened in an emergency, before its time. */
export function CloseAccess({ access }: { access: EmergencyAccess }) {
  const { t } = useTranslation('emergency_access');
  const queries = useQueryClient();
  return (
    <Confirm
      does={t('close.do')}
      title={t('close.title')}
      send={() =>
        api.POST('/v1/emergency-accesses/{id}/close', { params: { path: { id: access.id } } })
      }
      done={() => {
        say({ text: t('close.done') });
        // What it let one read is no longer for one's eyes.
        queries.removeQueries({ queryKey: ['patient', access.patient] });
        queries.removeQueries({ queryKey: ['appointment', 'of', access.patient] });
      }}
    >
      {t('close.text')}
    </Confirm>
  );
}
