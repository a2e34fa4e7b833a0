import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { waiting, waitlistQuery } from '@/waitlist/queries';
import { appointmentsQuery, upcoming } from './queries';
import { VisitCard } from './VisitCard';

const Offer = lazy(() => import('@/waitlist/Offer'));

/** How many of the visits to come are on the first page. */
const SHOWN = 3;

/** What is next for a patient. */
export function HomePage() {
  const { t } = useTranslation('appointment');
  const person = usePatient();
  const visits = useQuery(appointmentsQuery(person));
  const router = useRouter();
  useEffect(() => {
    // The pages that can be read without a line, while there is one.
    const there = navigator.serviceWorker?.ready.then(async () => {
      await router.preloadRoute({ to: '/visits' });
      await router.preloadRoute({ to: '/visits/$id', params: { id: '' } });
    });
    there?.catch(() => undefined);
  }, [router]);
  const list = useQuery(waitlistQuery(person));
  const book = <LinkButton to="/book">{t('book')}</LinkButton>;
  return (
    <Page title={t('home.title')} actions={book}>
      {waiting(list.data?.items ?? []).map(
        (entry) =>
          entry.offer && (
            <Suspense key={entry.id}>
              <Offer entry={entry} offer={entry.offer} />
            </Suspense>
          ),
      )}
      <h2>{t('home.next')}</h2>
      <Loaded query={visits} lines={2}>
        {(all) => {
          const next = upcoming(all, Date.now());
          if (next.length === 0) return <Empty>{t('home.none')}</Empty>;
          return (
            <div className="stack">
              {next.slice(0, SHOWN).map((visit) => (
                <VisitCard key={visit.id} visit={visit} />
              ))}
              {next.length > SHOWN && (
                <Link to="/visits">{t('home.more', { count: next.length - SHOWN })}</Link>
              )}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
