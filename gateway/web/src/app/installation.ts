import { registerSW } from 'virtual:pwa-register';
import { Store } from '@tanstack/react-store';

/** How often a page that stays open asks for a newer release, in ms. */
const ASK = 30 * 60_000;

/** Whether a newer release waits to be taken. */
export const updated = new Store(false);

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** The browser's offer to install the application, until it is taken or put off. */
export const installable = new Store<InstallPrompt | undefined>(undefined);

let take: ((reload?: boolean) => Promise<void>) | undefined;

/** Keeps the application on the device, once the page that was asked for is there. */
export function keepInstalled(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installable.setState(() => event as InstallPrompt);
  });
  if (!('serviceWorker' in navigator)) return;
  void keepAssets().catch(() => undefined);
  take = registerSW({
    onNeedRefresh: () => updated.setState(() => true),
    onRegisteredSW(_, registration) {
      if (registration !== undefined) setInterval(() => void registration.update(), ASK);
    },
  });
}

/**
 * Keeps what this page was made of, for when there is no line: it came before there was anyone
 * to keep it. It is in the browser's own cache still, so nothing is fetched for it.
 */
async function keepAssets(): Promise<void> {
  await navigator.serviceWorker.ready;
  const cache = await caches.open('assets');
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  for (const { href, origin, pathname } of loaded) {
    const ours = origin === location.origin && pathname.startsWith('/assets/');
    if (ours && (await cache.match(href)) === undefined) await cache.add(href);
  }
}

/** Goes over to the newer release. */
export function update(): void {
  void take?.(true);
}

/** Takes the browser's offer. */
export function install(): void {
  void installable.state?.prompt();
  installable.setState(() => undefined);
}
