import type { ReactNode } from 'react';

/** Nothing is there: what that means, and what to do if something should be. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="card empty">
      <p>{children}</p>
      {action}
    </div>
  );
}
