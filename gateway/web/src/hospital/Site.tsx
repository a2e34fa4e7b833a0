import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { type Hospital, hospitalQuery } from './queries';

/** A page of one hospital: which, the way back to it, and what the page shows of it. */
export function Site(props: {
  hospital: string;
  title: string;
  wide?: boolean;
  actions?: (site: Hospital) => ReactNode;
  children: (site: Hospital) => ReactNode;
}) {
  const { hospital, title, wide = false, actions, children } = props;
  const { t } = useTranslation('hospital');
  const site = useQuery(hospitalQuery(hospital));
  return (
    <Page title={title} wide={wide} actions={site.data && actions?.(site.data)}>
      <Link to="/hospitals/$hospital" params={{ hospital }}>
        {site.data ? t('back.to', { name: site.data.name }) : t('back.to-it')}
      </Link>
      <Loaded query={site} lines={5}>
        {children}
      </Loaded>
    </Page>
  );
}
