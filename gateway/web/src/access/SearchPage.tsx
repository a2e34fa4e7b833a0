import Typography from '@mui/material/Typography';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Page } from '@/patterns/Page';
import { searchRoute } from './pages';
import { searchQuery } from './queries';
import { SearchForm } from './SearchForm';
import { Timeline } from './Timeline';

/** Who read whose data: the timeline of a patient, of a member of staff, or of both. */
export function SearchPage() {
  const { t } = useTranslation('access');
  const { for: _, ...wanted } = searchRoute.useSearch();
  const navigate = useNavigate();
  const named = Object.keys(wanted).length > 0;
  const accesses = useInfiniteQuery({ ...searchQuery(wanted), enabled: named });
  return (
    <Page title={t('search.title')}>
      <Typography>{t('search.text')}</Typography>
      <SearchForm
        key={JSON.stringify(wanted)}
        wanted={wanted}
        search={(next) => void navigate({ to: '/compliance/accesses', search: next })}
      />
      {!named && <Empty>{t('search.begin')}</Empty>}
      {named && (
        <Loaded query={accesses} lines={5}>
          {(all) => {
            if (all.length === 0) return <Empty>{t('search.none')}</Empty>;
            return (
              <>
                <Timeline accesses={all} caption={t('search.found')} />
                <More query={accesses} />
              </>
            );
          }}
        </Loaded>
      )}
    </Page>
  );
}
