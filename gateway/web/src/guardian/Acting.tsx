import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Note } from '@/patterns/Note';
import { useAccess } from '@/session/store';
import { dependantsQuery } from './queries';

/** Says on every page for whom one acts, and leads back to oneself. */
export default function Acting({ minor }: { minor: string }) {
  const { t } = useTranslation('guardian');
  const all = useQuery(dependantsQuery(useAccess().person)).data;
  const name = all?.find(({ id }) => id === minor)?.name;
  const back = (
    <Link to="/family" search={{ for: undefined }}>
      {t('acting.back')}
    </Link>
  );
  return (
    <div className="acting">
      <Note tone="info" role="status" actions={back}>
        {name ? t('acting.text', { name }) : t('acting.unnamed')}
      </Note>
    </div>
  );
}
