import {
  type LinkProps,
  type NavigateOptions,
  useNavigate,
  useRouterState,
} from '@tanstack/react-router';
import { useEffect } from 'react';

/**
 * Leads to another page, in place of this one. Whenever the router has come to rest here it sets
 * out anew: `Navigate` does so once, and who pressed a link meanwhile was left with nothing.
 */
export function Lead(place: Pick<LinkProps, 'to' | 'params'>) {
  const navigate = useNavigate();
  const resting = useRouterState({ select: ({ status }) => status === 'idle' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: where to is the same as long as this is shown.
  useEffect(() => {
    if (resting) void navigate({ ...place, replace: true } as NavigateOptions);
  }, [resting]);
  return null;
}
