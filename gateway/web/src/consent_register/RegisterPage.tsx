import Typography from '@mui/material/Typography';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useGranteeName } from '@/consent/names';
import type { Consent, Grantee } from '@/consent/queries';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Tag } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { Table } from '@/patterns/Table';

import { registerRoute } from './pages';
import { registerQuery } from './queries';
import { RegisterForm } from './RegisterForm';

/** Who may see whose record, in the whole network: for compliance officers. */
export function RegisterPage() {
  const { t } = useTranslation('consent_register');
  const { for: _, ...wanted } = registerRoute.useSearch();
  const navigate = useNavigate();
  const named = Object.keys(wanted).length > 0;
  const consents = useInfiniteQuery({ ...registerQuery(wanted), enabled: named });
  return (
    <Page title={t('title')} wide>
      <Typography>{t('text')}</Typography>
      <RegisterForm
        key={JSON.stringify(wanted)}
        wanted={wanted}
        search={(next) => void navigate({ to: '/compliance/consents', search: next })}
      />
      {!named && <Empty>{t('begin')}</Empty>}
      {named && (
        <Loaded query={consents} lines={5}>
          {(all) => (
            <>
              <Consents of={all} />
              <More query={consents} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Consents({ of }: { of: readonly Consent[] }) {
  const { t } = useTranslation(['consent_register', 'consent']);
  const written = useWritten();
  return (
    <Table
      caption={t('found')}
      rows={of}
      id={({ id }) => id}
      none={t('none')}
      columns={[
        { name: t('column.state'), cell: ({ state }) => <Tag>{t(`state.${state}`)}</Tag> },
        {
          name: t('column.patient'),
          cell: ({ patient }) => (
            <Link to="/compliance/accesses" search={{ subject: patient }}>
              {patient}
            </Link>
          ),
        },
        { name: t('column.grantee'), cell: ({ grantee }) => <GranteeName of={grantee} /> },
        {
          name: t('column.types'),
          cell: ({ types }) => types.map((type) => t(`consent:type.${type}`)).join(', '),
        },
        { name: t('column.purpose'), cell: ({ purpose }) => t(`purpose.${purpose}`) },
        { name: t('column.since'), cell: ({ decided_at }) => written.day(decided_at) },
        { name: t('column.until'), cell: ({ expires_at }) => written.day(expires_at) },
      ]}
    />
  );
}

function GranteeName({ of }: { of: Grantee }) {
  return <>{useGranteeName(of)}</>;
}
