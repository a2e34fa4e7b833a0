import { useEffect, useState } from 'react';
import { part } from '@/app/page';
import { activeSince } from './activity';
import { useAccess } from './store';
import { refresh } from './tokens';

const Warning = part('session', () => import('./SessionWarning'));

/** How long before the end somebody is asked whether they are still there, in ms. */
const WARN = 2 * 60_000;
const LOOK = 5_000;

/**
 * Keeps the session open for somebody who is there, and asks somebody who seems not to be
 * before it ends.
 */
export function SessionEnd() {
  const access = useAccess();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK);
    return () => clearInterval(timer);
  }, []);
  const end = Math.min(access.idleUntil, access.endsAt);
  const ending = now > end - WARN;
  useEffect(() => {
    if (!ending) return;
    const last = access.endsAt <= access.idleUntil;
    // What is over is found out from the server, which knows; what nobody left is kept open.
    if (now > end || (!last && activeSince(access.began))) refresh().catch(() => undefined);
  }, [ending, now, end, access]);
  if (!ending) return null;
  return <Warning end={end} last={access.endsAt <= access.idleUntil} />;
}
