import {
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { components } from '@/api/schema';
import { useLive } from '@/app/useLive';

type Version = components['schemas']['DayVersionOut'];

/** How often it is looked whether the day is still the same, in ms. That shows nobody's data. */
const EVERY = 10_000;

/**
 * Has a day read again when others have changed it, by booking as by coming: reading it is
 * recorded in the histories of its patients, so not otherwise.
 */
export function useMovingDay<Key extends QueryKey>(
  day: UseQueryResult<{ readonly version: string }>,
  versionOf: UseQueryOptions<Version, Error, Version, Key>,
): void {
  const now = useQuery(versionOf);
  const { refetch: look } = now;
  useLive(
    useCallback(() => look({ cancelRefetch: false }), [look]),
    EVERY,
  );
  const moved =
    day.data !== undefined &&
    now.data !== undefined &&
    now.dataUpdatedAt > day.dataUpdatedAt &&
    now.data.version !== day.data.version;
  const { refetch: read } = day;
  useEffect(() => {
    // What is being read already is not read, and recorded, twice.
    if (moved) void read({ cancelRefetch: false });
  }, [moved, read]);
}
