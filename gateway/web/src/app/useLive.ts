import { useEffect } from 'react';
import { present } from '@/session/tokens';

/**
 * Has something read again every so often while its page is looked at: for what others change,
 * of which one's own changes don't tell. It keeps no session open that its person has left.
 */
export function useLive(read: () => unknown, every: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && navigator.onLine && present()) void read();
    }, every);
    return () => clearInterval(timer);
  }, [read, every]);
}
