import Stack from '@mui/material/Stack';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useActing } from '@/app/patient';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { NoticeCard } from './NoticeCard';
import { noticesQuery } from './queries';

/** What one was told, the latest first. */
export function NoticesPage() {
  const { t } = useTranslation('notice');
  const notices = useInfiniteQuery(noticesQuery(useAccess().person, useActing()));
  return (
    <Page title={t('title')}>
      <Loaded query={notices} lines={4}>
        {(all) => {
          if (all.length === 0) return <Empty>{t('none')}</Empty>;
          return (
            <Stack spacing={1.5}>
              {all.map((notice) => (
                <NoticeCard key={notice.id} notice={notice} />
              ))}
              <More query={notices} />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
