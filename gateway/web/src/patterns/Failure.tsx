import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, passes } from '@/api/problem';
import { Note } from './Note';
import { Press } from './Press';

/** Its words are many, and are sent to who needs them. */
const Told = lazy(async () => {
  try {
    const { prepareTelling } = await import('@/problem/told');
    const [told] = await Promise.all([import('@/problem/Told'), prepareTelling()]);
    return told;
  } catch {
    return { default: AsAnswered };
  }
});

/**
 * What happened, what to do about it, and by which number the request is found again. Where there
 * is a `retry`, what may pass is tried again by itself.
 */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('patterns');
  const problem = error instanceof Problem ? error : undefined;
  const passing = passes(error);
  const mended = passing && retry ? t('failure.passing') : undefined;
  const actions = retry && <Press onClick={retry}>{t('failure.retry')}</Press>;
  return (
    <Note tone={passing ? 'warning' : 'error'} role="alert" actions={actions}>
      {problem === undefined ? (
        <>
          <p>
            <strong>{t('failure.unreachable')}</strong>
          </p>
          <p>{mended ?? t('failure.again')}</p>
        </>
      ) : (
        <Suspense>
          <Told problem={problem} mended={mended} />
        </Suspense>
      )}
      {problem?.request && <small>{t('failure.request', { id: problem.request })}</small>}
    </Note>
  );
}

/** As the server said it, when the words for it can't be had. */
function AsAnswered({ problem, mended }: { problem: Problem; mended: string | undefined }) {
  return (
    <>
      <p>
        <strong>{problem.message}</strong>
      </p>
      <p>{mended ?? problem.mend}</p>
    </>
  );
}
