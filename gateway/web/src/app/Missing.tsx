import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/patterns/Empty';
import { Page } from '@/patterns/Page';
import { Doorway } from './Doorway';

/** There is no such page, for anybody. */
export function Missing() {
  const { t } = useTranslation('app');
  return (
    <Doorway>
      <Page title={t('missing.title')}>
        <Empty action={<Link to="/">{t('missing.home')}</Link>}>{t('missing.text')}</Empty>
      </Page>
    </Doorway>
  );
}
