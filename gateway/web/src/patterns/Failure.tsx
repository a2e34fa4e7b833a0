import { useTranslation } from 'react-i18next';
import { Problem, passes } from '@/api/problem';
import { Note } from './Note';
import { Press } from './Press';

/** What happened, what to do about it, and by which number the request is found again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('patterns');
  const problem = error instanceof Problem ? error : undefined;
  const passing = passes(error);
  const actions = retry && (
    <Press type="button" onClick={retry}>
      {t('failure.retry')}
    </Press>
  );
  return (
    <Note tone={passing ? 'warning' : 'error'} role="alert" actions={actions}>
      <p>
        <strong>{problem === undefined ? t('failure.unreachable') : titleOf(problem, t)}</strong>
      </p>
      <p>{passing ? t('failure.passing') : problem?.mend}</p>
      {problem?.request && <small>{t('failure.request', { id: problem.request })}</small>}
    </Note>
  );
}

type Translate = ReturnType<typeof useTranslation<'patterns'>>['t'];

/** The problem in the reader's language; in the server's English where it has not been put so. */
export function titleOf(problem: Problem, t: Translate): string {
  return t(`problems.${problem.kind}` as never, { defaultValue: problem.message });
}
