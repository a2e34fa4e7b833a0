import { useTranslation } from 'react-i18next';
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
