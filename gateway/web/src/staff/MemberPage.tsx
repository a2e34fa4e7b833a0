import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRolesAt } from '@/app/roles';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { LinkButton } from '@/patterns/Press';
import { useAccess } from '@/session/store';
import { Account } from './Account';
import { Permissions, Roles } from './AtHospital';
import { Name } from './Members';
import { memberRoute } from './pages';
import { type Member, staffQuery } from './queries';

/** One who works at a hospital: what they act as, what else they may, and their account. */
export function MemberPage() {
  const { t } = useTranslation('staff');
  const { hospital, person } = memberRoute.useParams();
  const staff = useQuery(staffQuery(hospital));
  const back = () => (
    <LinkButton to="/hospitals/$hospital/staff" params={{ hospital }}>
      {t('back')}
    </LinkButton>
  );
  return (
    <Site hospital={hospital} title={t('member')} actions={back}>
      {(site) => (
        <Loaded query={staff}>
          {(items) => {
            const member = items.find(({ id }) => id === person);
            if (member === undefined) return <Empty>{t('gone')}</Empty>;
            return <Details site={site} member={member} />;
          }}
        </Loaded>
      )}
    </Site>
  );
}

function Details({ site, member }: { site: Hospital; member: Member }) {
  const { t } = useTranslation('staff');
  const { person } = useAccess();
  const own = member.id === person;
  const may = useRolesAt(site.id).includes('administrator') && !own;
  return (
    <Stack spacing={3}>
      <Name of={member} />
      {own && <Note tone="info">{t('own')}</Note>}
      <Roles site={site} member={member} may={may} />
      <Permissions site={site} member={member} may={may} />
      {may && <Account member={member} />}
    </Stack>
  );
}
