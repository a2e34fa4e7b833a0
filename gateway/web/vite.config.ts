import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { icons } from './build/icons.ts';
import { lean } from './build/lean.ts';
import { preload } from './build/preload.ts';
import { words } from './build/words.ts';

/** What asks the API, without anything to show it with: it asks while the rest is still coming. */
const EARLY = new RegExp(
  [
    'web/src/early',
    'web/src/api/(problem|send)',
    'web/src/app/(ahead|me|notStarted)\\.',
    'web/src/device/vault',
    'web/src/i18n/(fetch|languages)',
    'web/src/session/(activity|proof|start|state|tokens)',
    'virtual:words',
    'node_modules/@tanstack/store/',
  ].join('|'),
);

/** What every page needs, and a patient's first one: in one piece it is a tenth smaller. */
const CORE = new RegExp(
  [
    'node_modules/(react|react-dom|scheduler|preact|i18next|react-i18next)/',
    'node_modules/@tanstack/(?!.*(useQueries|queriesObserver|[iI]nfinite))',
    'node_modules/(use-sync-external-store|openapi-fetch)/',
    'web/src/main',
    'rolldown/runtime',
    'web/src/api/client',
    'web/src/(device|doctor/queries|hospital/queries|waitlist/queries)',
    'web/src/app/(Banners|Changes|Shell|Inside|capabilities|ends|installation|navigation|queries)',
    'web/src/app/(StartPage|colours|page|pages|roles|roots|router|say|start)[.]',
    'web/src/appointment/(HomePage|VisitCard|queries)',
    'web/src/i18n/(?!.*words/|days)',
    'web/src/patterns/(Empty|Failure|Icon|Loaded|Note|Page|Press)',
    'web/src/session/(SessionEnd|store)',
    'web/src/[a-z_]+/pages',
  ].join('|'),
);

/** What draws the parts of all other pages: it comes with the first of them. */
const PARTS = new RegExp(
  [
    'node_modules/(@emotion|clsx|stylis)/',
    'node_modules/@mui/(system|utils|styled-engine|private-theming)/(?!.*useRovingTabIndex)',
    'node_modules/@mui/material/(styles|utils|Paper|Stack|Typography)/',
    'web/src/app/(Themed|theme)[.]',
  ].join('|'),
);

/** Where `npm run dev` finds the API. */
const PLATFORM = 'http://localhost:8080';

export default defineConfig({
  server: { proxy: { '/v1': PLATFORM, '/docs': PLATFORM, '/.well-known': PLATFORM } },
  resolve: {
    alias: [
      { find: '@', replacement: fileURLToPath(new URL('./src', import.meta.url)) },
      // React's interface in a tenth of its size: see docs/adr/0014.
      { find: /^react(-dom)?$/, replacement: 'preact/compat' },
      { find: 'react-dom/client', replacement: 'preact/compat/client' },
      { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
    ],
  },
  build: {
    target: 'es2023',
    manifest: true,
    // The list of what each page needs would be sent to everybody, and is larger than most pages.
    modulePreload: false,
    // The core, before it is compressed to a quarter.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'early', test: EARLY, priority: 1 },
            { name: 'core', test: CORE },
            { name: 'parts', test: PARTS },
          ],
        },
      },
    },
  },
  plugins: [
    icons(),
    lean(),
    preload(),
    words(),
    react(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        id: '/',
        name: 'MediLink',
        short_name: 'MediLink',
        start_url: '/',
        display: 'standalone',
        background_color: '#f5f8f9',
        theme_color: '#0b5c6b',
        icons: [
          { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        // Only what every page begins with: whose pages are opened is kept as they are, so that
        // nobody's device fetches the code of others' pages.
        globPatterns: ['index.html'],
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [
          /^\/(v1|docs|problems|oauth2|openapi|metrics|livez|readyz|\.well-known)\b/,
        ],
        runtimeCaching: [
          {
            urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/assets/'),
            handler: 'CacheFirst',
            options: { cacheName: 'assets', expiration: { maxEntries: 300 } },
          },
        ],
      },
    }),
  ],
});
