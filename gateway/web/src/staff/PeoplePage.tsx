import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Hospital, hospitalsQuery } from '@/hospital/queries';
import { IdForm } from '@/patterns/IdForm';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { Section } from '@/patterns/Section';
import { Select } from '@/patterns/Select';
import { Members } from './Members';
import { peopleRoute } from './pages';
import { type Member, networkStaffQuery } from './queries';
import { ALL_ROLES } from './roles';

/** Everybody who works for the network or a hospital, for who answers for the whole of it. */
export function PeoplePage() {
  const { t } = useTranslation('staff');
  const staff = useQuery(networkStaffQuery());
  const hospitals = useQuery(hospitalsQuery());
  const navigate = useNavigate();
  return (
    <Page wide title={t('network.title')}>
      <Typography>{t('network.text')}</Typography>
      <Loaded query={hospitals} lines={5}>
        {(sites) => (
          <Loaded query={staff} lines={5}>
            {(items) => <Found sites={sites} items={items} />}
          </Loaded>
        )}
      </Loaded>
      <Section title={t('network.open.title')}>
        <Paper sx={{ p: 2 }}>
          <Typography sx={{ mb: 2 }}>{t('network.open.text')}</Typography>
          <IdForm
            label={t('network.open.number')}
            hint={t('network.open.hint')}
            submit={t('network.open.do')}
            go={(person) =>
              void navigate({ to: '/administration/people/$person', params: { person } })
            }
          />
        </Paper>
      </Section>
    </Page>
  );
}

function Found({ sites, items }: { sites: readonly Hospital[]; items: readonly Member[] }) {
  const { t } = useTranslation(['staff', 'app']);
  const { hospital } = peopleRoute.useSearch();
  const [role, setRole] = useState('');
  const navigate = peopleRoute.useNavigate();
  const fits = (given: Member['roles'][number]) =>
    (role === '' || given.role === role) && (hospital === undefined || given.hospital === hospital);
  const shown = items.filter(
    ({ roles, permissions }) =>
      roles.some(fits) || (role === '' && permissions.some((one) => one.hospital === hospital)),
  );
  return (
    <Members
      title={t('network.title')}
      none={t('network.none')}
      sites={sites}
      items={shown}
      link={({ id }, name) => (
        <Link to="/administration/people/$person" params={{ person: id }}>
          {name}
        </Link>
      )}
    >
      <Select
        size="small"
        label={t('network.role')}
        value={role}
        options={[
          ['', t('network.any_role')],
          ...ALL_ROLES.map((one) => [one, t(`app:roles.${one}`)] as const),
        ]}
        choose={setRole}
      />
      <Select
        size="small"
        label={t('network.where')}
        value={hospital ?? ''}
        options={[['', t('network.anywhere')], ...sites.map(({ id, name }) => [id, name] as const)]}
        choose={(id) =>
          void navigate({ search: (now) => ({ ...now, hospital: id || undefined }), replace: true })
        }
      />
    </Members>
  );
}
