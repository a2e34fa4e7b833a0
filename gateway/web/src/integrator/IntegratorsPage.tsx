import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { Table } from '@/patterns/Table';
import { type Integrator, integratorsQuery } from './queries';
import { StateTag } from './StateTag';

/** The programs of other organisations that are let in, or were. */
export function IntegratorsPage() {
  const { t } = useTranslation('integrator');
  const integrators = useQuery(integratorsQuery);
  const register = (
    <LinkButton to="/administration/integrators/new">{t('register.title')}</LinkButton>
  );
  return (
    <Page title={t('list.title')} actions={register}>
      <Typography>{t('list.text')}</Typography>
      <Loaded query={integrators} lines={3}>
        {(all) => (all.length === 0 ? <Empty>{t('list.none')}</Empty> : <Integrators rows={all} />)}
      </Loaded>
    </Page>
  );
}

function Integrators({ rows }: { rows: readonly Integrator[] }) {
  const { t } = useTranslation('integrator');
  const written = useWritten();
  return (
    <Table
      caption={t('list.caption')}
      rows={rows}
      id={({ id }) => id}
      columns={[
        {
          name: t('fact.name'),
          cell: ({ id, name }) => (
            <Link to="/administration/integrators/$id" params={{ id }}>
              {name}
            </Link>
          ),
        },
        { name: t('fact.state'), cell: (row) => <StateTag of={row} /> },
        { name: t('fact.scopes'), cell: ({ scopes }) => scopes.join(', ') },
        { name: t('fact.registered'), cell: (row) => written.day(row.registered_at) },
      ]}
    />
  );
}
