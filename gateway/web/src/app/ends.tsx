import { CatchBoundary } from '@tanstack/react-router';
import { type ReactNode, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '@/patterns/Failure';
import { Outline } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';

/** After how long what failed aside of a page is tried again, in ms. */
const AGAIN = 5_000;

/** The code or the words of a page did not come. The router knows the failure by its message. */
export class NotHad extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'NotHad';
  }
}

/** A page that is on its way. */
export function Opening() {
  return <Outline lines={4} />;
}

/** A page that could not be shown: its code did not come, or it failed. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation('app');
  // The router holds on to what did not come, and so do browsers.
  const retry = error instanceof NotHad ? () => location.reload() : reset;
  return (
    <Page title={t('broken')}>
      <Failure error={error} retry={retry} />
    </Page>
  );
}

/** What surrounds a page: if it fails it is left out for a while, and takes nothing else away. */
export function Aside({ children, missed }: { children: ReactNode; missed?: () => void }) {
  return (
    <CatchBoundary
      getResetKey={() => 0}
      errorComponent={Later}
      {...(missed && { onCatch: missed })}
    >
      <Suspense>{children}</Suspense>
    </CatchBoundary>
  );
}

function Later({ reset }: { reset: () => void }) {
  useEffect(() => {
    const timer = setTimeout(reset, AGAIN);
    return () => clearTimeout(timer);
  }, [reset]);
  return null;
}
