import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const MODULE = 'virtual:words';
/** What every page says, and a patient's first one: all of it comes in one file, `first`. */
const FIRST = ['app', 'appointment', 'patterns'];

/** The words of all capabilities, by their addresses below `assets/words/<hash>/`. */
function files(): Map<string, object> {
  const files = new Map<string, object>();
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const [, capability = '', language] = /^(\w+)\/words\/(\w+)\.json$/.exec(name) ?? [];
    if (language === undefined) continue;
    const words = JSON.parse(readFileSync(join('src', name), 'utf8'));
    if (!FIRST.includes(capability)) files.set(`${language}/${capability}.js`, words);
    else {
      const first = `${language}/first.js`;
      files.set(first, { ...files.get(first), [capability]: words });
    }
  }
  return files;
}

/**
 * Gives each file of words an address that follows from its language and capability: a list of
 * addresses, each with a hash of its own, would be sent to everybody and is larger than the words
 * of most pages. `virtual:words` has the address below which they are, and the names of the first.
 */
export function words(): Plugin {
  let dev = true;
  let all = new Map<string, object>();
  let folder = '';
  return {
    name: 'medilink-words',
    configResolved({ command }) {
      dev = command === 'serve';
      all = files();
      const hash = createHash('sha256').update(JSON.stringify([...all]));
      folder = `assets/words/${hash.digest('base64url').slice(0, 8)}`;
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const parts = dev
        ? ['/src/', 'capability', '/words/', 'language', '.json']
        : [`/${folder}/`, 'language', '/', 'capability', '.js'];
      const address = parts.map((part, at) => (at % 2 ? part : JSON.stringify(part))).join('+');
      return `
        export const FIRST = ${JSON.stringify(dev ? [] : FIRST)};
        export const addressOf = (language, capability) => ${address};`;
    },
    generateBundle() {
      for (const [path, words] of all) {
        const source = `export default ${JSON.stringify(words)}`;
        this.emitFile({ type: 'asset', fileName: `${folder}/${path}`, source });
      }
    },
  };
}
