import { useStore } from '@tanstack/react-store';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Note } from '@/patterns/Note';
import { Press } from '@/patterns/Press';
import { install, installable, update, updated } from './installation';

function watchLine(changed: () => void): () => void {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
}

/** Whether the device has a line at all, as far as it knows. */
export function useOnline(): boolean {
  return useSyncExternalStore(watchLine, () => navigator.onLine);
}

/** What concerns all pages: no line, a newer release, the offer to install. */
export function Banners() {
  const { t } = useTranslation('app');
  const online = useOnline();
  const newer = useStore(updated, (now) => now);
  const offer = useStore(installable, (now) => now);
  return (
    <>
      <div role="status">
        {!online && <Note tone="warning">{t('offline')}</Note>}
        {newer && (
          <Note
            tone="info"
            actions={
              <Press type="button" onClick={update}>
                {t('update.now')}
              </Press>
            }
          >
            {t('update.text')}
          </Note>
        )}
      </div>
      {offer && (
        <Note
          tone="info"
          actions={
            <>
              <Press type="button" onClick={() => installable.setState(() => undefined)}>
                {t('install.later')}
              </Press>
              <Press type="button" onClick={install}>
                {t('install.now')}
              </Press>
            </>
          }
        >
          {t('install.text')}
        </Note>
      )}
    </>
  );
}
