import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { Opening } from './ends';
import { meQuery, rolesOf } from './roles';
import { STARTS } from './start';

const home = () => import('@/appointment/HomePage');
const HomePage = lazy(() => home().then(({ HomePage }) => ({ default: HomePage })));

/** Fetches what most people need here while it is still being found out who they are. */
export function prepare(): void {
  void home().catch(() => undefined);
}

/** The first page: staff are led to where their work is, patients to what is next for them. */
export function StartPage() {
  const me = useQuery(meQuery(useAccess().person));
  return (
    <Loaded query={me}>
      {(who) => {
        const roles = rolesOf(who);
        const start = STARTS.find(([role]) => roles.includes(role));
        if (start !== undefined && !who.second_factor) return <Unproven />;
        if (start !== undefined) return <Navigate to={start[1]} replace />;
        return (
          <Suspense fallback={<Opening />}>
            <HomePage />
          </Suspense>
        );
      }}
    </Loaded>
  );
}

/** Nobody sees others' data with a password alone. */
function Unproven() {
  const { t } = useTranslation('app');
  return (
    <Page title={t('unproven.title')}>
      <Empty action={<Link to="/account">{t('unproven.go')}</Link>}>{t('unproven.text')}</Empty>
    </Page>
  );
}
