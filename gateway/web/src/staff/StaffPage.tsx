import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { LinkButton } from '@/patterns/Press';
import { Table } from '@/patterns/Table';
import { staffRoute } from './pages';
import { type Member, staffQuery } from './queries';

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
            items.length === 0 ? <Empty>{t('none')}</Empty> : <Members site={site} items={items} />
          }
        </Loaded>
      )}
    </Site>
  );
}

function Members({ site, items }: { site: Hospital; items: readonly Member[] }) {
  const { t } = useTranslation(['staff', 'app']);
  const written = useWritten();
  const [wanted, setWanted] = useState('');
  const shown = items
    .filter(({ name }) => (name ?? '').toLowerCase().includes(wanted.trim().toLowerCase()))
    .toSorted((one, other) => (one.name ?? '').localeCompare(other.name ?? ''));
  const role = ({ role, department, until }: Member['roles'][number]) =>
    [
      t(`app:roles.${role}`),
      site.departments.find(({ id }) => id === department)?.name,
      until && t('until', { day: written.day(until, site.time_zone) }),
    ]
      .filter(Boolean)
      .join(', ');
  return (
    <>
      <TextField
        type="search"
        size="small"
        label={t('find')}
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
        sx={{ maxWidth: '24rem' }}
      />
      <p role="status">{t('found', { count: shown.length })}</p>
      {shown.length > 0 && (
        <Table
          headed
          caption={t('title')}
          rows={shown}
          id={({ id }) => id}
          columns={[
            {
              name: t('name'),
              cell: (member) => (
                <Link
                  to="/hospitals/$hospital/staff/$person"
                  params={{ hospital: site.id, person: member.id }}
                >
                  {member.name ?? t('unnamed')}
                </Link>
              ),
            },
            {
              name: t('roles'),
              cell: ({ roles }) => (
                <Stack>
                  {roles.map((one) => (
                    <span key={one.role}>{role(one)}</span>
                  ))}
                </Stack>
              ),
            },
            {
              name: t('permissions'),
              cell: ({ permissions }) =>
                permissions
                  .map(({ action }) => t(`action.${action}` as never, { defaultValue: action }))
                  .join(', '),
            },
          ]}
        />
      )}
    </>
  );
}
