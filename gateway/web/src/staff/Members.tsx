import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hospital } from '@/hospital/queries';
import { Tag } from '@/patterns/Note';
import { Row } from '@/patterns/Row';
import { Table } from '@/patterns/Table';
import type { Member } from './queries';
import { useActionName, useRoleLine } from './roles';

/** Members of staff, to be found by name: what they act as, and what else they may. */
export function Members(props: {
  title: string;
  /** What it means that nobody is found. */
  none: string;
  sites: readonly Hospital[];
  items: readonly Member[];
  /** The way to one of them, by their name. */
  link: (member: Member, name: string) => ReactNode;
  /** What else the list is narrowed by. */
  children?: ReactNode;
}) {
  const { title, none, sites, items, link, children } = props;
  const { t } = useTranslation('staff');
  const line = useRoleLine(sites);
  const nameOf = useActionName();
  const [wanted, setWanted] = useState('');
  const shown = items
    .filter(({ name }) => (name ?? '').toLowerCase().includes(wanted.trim().toLowerCase()))
    .toSorted((one, other) => (one.name ?? '').localeCompare(other.name ?? ''));
  return (
    <>
      <Row>
        <TextField
          type="search"
          size="small"
          fullWidth
          label={t('find')}
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
          sx={{ maxWidth: { sm: '24rem' } }}
        />
        {children}
      </Row>
      <p role="status">{t('found', { count: shown.length })}</p>
      <Table
        headed
        none={none}
        caption={title}
        rows={shown}
        id={({ id }) => id}
        columns={[
          {
            name: t('name'),
            cell: (member) => (
              <Stack sx={{ alignItems: 'flex-start', gap: 0.5 }}>
                {link(member, member.name ?? t('unnamed-but', { end: member.id.slice(-4) }))}
                <Disabled of={member} />
              </Stack>
            ),
          },
          {
            name: t('roles'),
            cell: ({ roles }) => (
              <Stack>
                {roles.map((one) => (
                  <span key={[one.role, one.hospital].join()}>{line(one)}</span>
                ))}
              </Stack>
            ),
          },
          {
            name: t('permissions'),
            cell: ({ permissions }) => permissions.map(({ action }) => nameOf(action)).join(', '),
          },
        ]}
      />
    </>
  );
}

/** What a member of staff is called, and whether their account lets nobody in. */
export function Name({ of }: { of: Pick<Member, 'name' | 'disabled'> }) {
  const { t } = useTranslation('staff');
  return (
    <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
      <Typography variant="h2">{of.name ?? t('unnamed')}</Typography>
      <Disabled of={of} />
    </Stack>
  );
}

function Disabled({ of }: { of: Pick<Member, 'disabled'> }) {
  const { t } = useTranslation('staff');
  return of.disabled && <Tag tone="warning">{t('disabled')}</Tag>;
}
