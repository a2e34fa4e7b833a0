import Typography from '@mui/material/Typography';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Tag } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { Table } from '@/patterns/Table';
import { type Erasure, type ErasureState, erasuresQuery } from './queries';

/** All requests to be erased, for compliance officers. */
export function ErasuresPage() {
  const { t } = useTranslation('erasure');
  const erasures = useInfiniteQuery(erasuresQuery);
  return (
    <Page title={t('officer.title')}>
      <Typography>{t('officer.text')}</Typography>
      <Loaded query={erasures} lines={4}>
        {(all) => {
          if (all.length === 0) return <Empty>{t('officer.none')}</Empty>;
          return (
            <>
              <Erasures rows={all} />
              <More query={erasures} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Erasures({ rows }: { rows: readonly Erasure[] }) {
  const { t } = useTranslation('erasure');
  const written = useWritten();
  return (
    <Table
      caption={t('officer.caption')}
      rows={rows}
      id={({ id }) => id}
      columns={[
        {
          name: t('fact.asked'),
          cell: ({ id, requested_at }) => (
            <Link to="/compliance/erasures/$id" params={{ id }}>
              {written.day(requested_at)}
            </Link>
          ),
        },
        { name: t('fact.person'), cell: ({ person }) => person },
        {
          name: t('fact.state'),
          cell: ({ state }) => <Tag>{t(`state.${state as ErasureState}`)}</Tag>,
        },
        {
          name: t('officer.held'),
          cell: ({ legal_hold }) => {
            if (legal_hold === undefined) return t('officer.no_hold');
            return legal_hold.until ? written.day(legal_hold.until) : t('officer.until_lifted');
          },
        },
      ]}
    />
  );
}
