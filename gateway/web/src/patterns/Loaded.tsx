import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './Failure';

/** After how long a page that is still loading says that it takes long, in ms. */
const LONG = 4_000;

/**
 * What a query has brought. Until then its outline; when it fails, why, above what it brought
 * before if it did: the page goes on asking by itself.
 */
export function Loaded<T>(props: {
  query: { data: T | undefined; isError: boolean; error: unknown; refetch: () => unknown };
  /** How many lines the outline has. */
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  const { query, lines = 3, children } = props;
  const retry = () => void query.refetch();
  // A query that is asked again forgets that it failed; its reader is told until it has succeeded.
  const [failure, setFailure] = useState<unknown>();
  const now = query.data === undefined ? (query.isError ? query.error : failure) : undefined;
  if (now !== failure) setFailure(now);
  if (query.data === undefined) {
    return now !== undefined ? <Failure error={now} retry={retry} /> : <Outline lines={lines} />;
  }
  return (
    <>
      {query.isError && <Failure error={query.error} retry={retry} />}
      {children(query.data)}
    </>
  );
}

/** The outline of what is still to come. */
export function Outline({ lines }: { lines: number }) {
  const { t } = useTranslation('patterns');
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="stack" aria-busy="true">
      <p className="quiet" role="status">
        {long ? t('loading.long') : t('loading.now')}
      </p>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of an outline are all alike.
        <div key={line} className="line" />
      ))}
    </div>
  );
}
