import type { Plugin } from 'vite';

/** What we don't use and libraries bring along, with what they need of it to load. */
const UNUSED: readonly [RegExp, string][] = [
  // For React 17, and in a format that needs a loader of its own. 3 KB.
  [/use-sync-external-store\/shim\/index\.js$/, `export { useSyncExternalStore } from 'react';`],
  [
    /use-sync-external-store\/shim\/with-selector\.js$/,
    `import { useRef, useSyncExternalStore } from 'react';
    export function useSyncExternalStoreWithSelector(subscribe, get, _, select, same) {
      const last = useRef();
      return useSyncExternalStore(subscribe, () => {
        const [known, now] = [last.current, get()];
        if (known && known.now === now && known.select === select) return known.value;
        const next = select(now);
        const value = known && same?.(known.value, next) ? known.value : next;
        last.current = { now, select, value };
        return value;
      });
    }`,
  ],
  // The same, and it knows the elements of React alone.
  [
    /node_modules\/react-is\/index\.js$/,
    `import { Fragment, isValidElement } from 'react';
    export const [ForwardRef, Memo] = [Symbol(), Symbol()];
    export const isFragment = (it) => isValidElement(it) && it.type === Fragment;
    export const isValidElementType = (it) => typeof it === 'string' || typeof it === 'function';`,
  ],
  // Themes of CSS variables: ours are made one for each scheme. 24 KB.
  [
    /@mui\/material\/styles\/createThemeWithVars\.mjs$/,
    'export const createGetCssVar = () => undefined; export default () => { throw new Error("themes have no CSS variables here"); };',
  ],
  // Ripples: switched off in the theme. 4 KB.
  [/@mui\/material\/ButtonBase\/TouchRipple\.mjs$/, 'export default () => null;'],
  // Statics of wrapped components, for emotion's `withTheme`. 3 KB.
  [/\/hoist-non-react-statics\/.*\.js$/, 'export default (target) => target;'],
];

/** Leaves out of the bundle what is never run: a patient's first page has 150 KB and no more. */
export function lean(): Plugin {
  return {
    name: 'medilink-lean',
    enforce: 'pre',
    load: (id) => UNUSED.find(([module]) => module.test(id.split('?')[0] ?? ''))?.[1],
  };
}
