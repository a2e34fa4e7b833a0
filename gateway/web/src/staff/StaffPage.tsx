import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Site } from '@/hospital/Site';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { LinkButton } from '@/patterns/Press';
import { Members } from './Members';
import { staffRoute } from './pages';
import { staffQuery } from './queries';

/** Who works at a hospital, and as what. */
export function StaffPage() {
  const { t } = useTranslation('staff');
  const { hospital } = staffRoute.useParams();
  const staff = useQuery(staffQuery(hospital));
  const invite = () => (
    <LinkButton to="/hospitals/$hospital/invitations" params={{ hospital }}>
      {t('invite')}
    </LinkButton>
  );
  return (
    <Site wide hospital={hospital} title={t('title')} actions={invite}>
      {(site) => (
        <Loaded query={staff} lines={5}>
          {(items) =>
            items.length === 0 ? (
              <Empty>{t('none')}</Empty>
            ) : (
              <Members
                title={t('title')}
                none={t('unfound')}
                sites={[site]}
                items={items}
                link={({ id }, name) => (
                  <Link to="/hospitals/$hospital/staff/$person" params={{ hospital, person: id }}>
                    {name}
                  </Link>
                )}
              />
            )
          }
        </Loaded>
      )}
    </Site>
  );
}
