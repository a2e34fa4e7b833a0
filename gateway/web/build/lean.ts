import type { Plugin } from 'vite';

/** What we don't use and libraries bring along, with what they need of it to load. */
const UNUSED: readonly [RegExp, string][] = [
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
