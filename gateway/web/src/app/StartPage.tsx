import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { HomePage } from '@/appointment/HomePage';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { Lead } from './Lead';
import { rolesOf } from './me';
import { meQuery } from './roles';
import { STARTS } from './start';

/**
 * The first page: staff are led to where their work is, or to their account if none of it is here,
 * patients to what is next for them, and who is nothing yet to what becomes of their application.
 */
export function StartPage() {
  const me = useQuery(meQuery(useAccess().person));
  return (
    <Loaded query={me}>
      {(who) => {
        const roles = rolesOf(who);
        const works = roles.some((role) => role !== 'patient');
        const start = STARTS.find(([role]) => roles.includes(role));
        if (works && !who.second_factor) return <Unproven />;
        if (start !== undefined) return <Lead to={start[1]} />;
        if (roles.length === 0) return <Lead to="/application" />;
        return roles.includes('patient') ? <HomePage /> : <Lead to="/account" />;
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
