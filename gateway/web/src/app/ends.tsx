import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '@/patterns/Empty';
import { Failure } from '@/patterns/Failure';
import { Outline } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';

/** A page that is on its way. */
export function Opening() {
  return <Outline lines={4} />;
}

/** A page that could not be shown: its code did not come, or it failed. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation('app');
  return (
    <Page title={t('broken')}>
      <Failure error={error} retry={reset} />
    </Page>
  );
}

/** There is no such page. */
export function Missing() {
  const { t } = useTranslation('app');
  return (
    <Page title={t('missing.title')}>
      <Empty action={<Link to="/">{t('missing.home')}</Link>}>{t('missing.text')}</Empty>
    </Page>
  );
}
