import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Loaded } from '@/patterns/Loaded';
import { useAccess } from '@/session/store';
import { Opening } from './ends';
import { meQuery, type Role } from './roles';
import { STARTS } from './start';

const home = () => import('@/appointment/HomePage');
const HomePage = lazy(() => home().then(({ HomePage }) => ({ default: HomePage })));

/** Fetches what most people need here while it is still being found out who they are. */
export function prepare(): void {
  void home().catch(() => undefined);
}

/** The first page: staff are led to where their work is, patients to what is next for them. */
export function StartPage() {
  const me = useQuery(meQuery(useAccess().person));
  return (
    <Loaded query={me}>
      {({ roles }) => {
        const start = STARTS.find(([role]) => (roles as Role[]).includes(role));
        if (start !== undefined) return <Navigate to={start[1]} replace />;
        return (
          <Suspense fallback={<Opening />}>
            <HomePage />
          </Suspense>
        );
      }}
    </Loaded>
  );
}
