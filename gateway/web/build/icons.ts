import type { Plugin } from 'vite';

const IMPORT = /import\s*\{([^}]+)\}\s*from\s*['"]@mdi\/js['"];?/g;
const ONE = 'virtual:icon/';

/**
 * Makes a module of each icon that is used. `@mdi/js` is a single one, so that whatever page
 * has one icon would have the icons of all pages.
 */
export function icons(): Plugin {
  return {
    name: 'medilink-icons',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(ONE) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${ONE}`)) return undefined;
      const all = await import('@mdi/js');
      const name = id.slice(ONE.length + 1);
      return `export const ${name} = ${JSON.stringify(all[name as keyof typeof all])};`;
    },
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('@mdi/js')) return undefined;
      const each = (names: string) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean)
          .map((name) => `import { ${name} } from '${ONE}${name}';`)
          .join('');
      return { code: code.replace(IMPORT, (_, names: string) => each(names)), map: null };
    },
  };
}
