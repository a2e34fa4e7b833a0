import { useEffect, useReducer } from 'react';

/** Longer than this no timer waits. */
const LONGEST = 2 ** 31 - 1;

/** Whether an instant has come; who looks at the page when it does sees that it has. */
export function useDue(at: number): boolean {
  const [, look] = useReducer((looks: number) => looks + 1, 0);
  useEffect(() => {
    const left = at - Date.now();
    if (left <= 0) return;
    const timer = setTimeout(look, Math.min(left, LONGEST));
    return () => clearTimeout(timer);
  }, [at]);
  return at <= Date.now();
}
