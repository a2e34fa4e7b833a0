import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { type Hospital, hospitalsQuery } from '@/hospital/queries';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { useAccess } from '@/session/store';
import { Account } from './Account';
import { NetworkPermissions, NetworkRoles } from './Anywhere';
import { Name } from './Members';
import { personRoute } from './pages';
import { type Member, networkStaffQuery } from './queries';

/** What somebody acts as in the whole network and at hospitals, and their account. */
export function PersonPage() {
  const { t } = useTranslation('staff');
  const { person } = personRoute.useParams();
  const staff = useQuery(networkStaffQuery());
  const hospitals = useQuery(hospitalsQuery());
  const back = <LinkButton to="/administration/people">{t('network.back')}</LinkButton>;
  return (
    <Page title={t('network.member')} actions={back}>
      <Loaded query={hospitals}>
        {(sites) => (
          <Loaded query={staff}>
            {(items) => (
              <Details sites={sites} person={person} of={items.find(({ id }) => id === person)} />
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function Details(props: {
  sites: readonly Hospital[];
  person: string;
  /** Nothing if they are in no list. */
  of: Member | undefined;
}) {
  const { sites, person, of } = props;
  const { t } = useTranslation('staff');
  const own = useAccess().person === person;
  const may = useRoles().includes('platform-administrator') && !own;
  return (
    <Stack spacing={3}>
      {of ? <Name of={of} /> : <Note tone="info">{t('network.unlisted')}</Note>}
      {own && <Note tone="info">{t('network.own')}</Note>}
      <NetworkRoles sites={sites} person={person} of={of} may={may} />
      {of && of.permissions.length > 0 && <NetworkPermissions sites={sites} of={of} />}
      {may && <Account member={of ?? { id: person }} />}
    </Stack>
  );
}
