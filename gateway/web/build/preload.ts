import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

type Chunks = readonly Rolldown.OutputChunk[];

/** A chunk and all that it can't begin without. */
function closure(chunks: Chunks, from: readonly string[], found = new Set<string>()): Set<string> {
  for (const file of from) {
    if (found.has(file)) continue;
    found.add(file);
    const chunk = chunks.find(({ fileName }) => fileName === file);
    closure(chunks, chunk?.imports ?? [], found);
  }
  return found;
}

/**
 * Has the browser fetch the larger part of the application while the smaller one that asks for it
 * is still coming. Vite does so for what is imported at once, and here would for every page.
 */
export function preload(): Plugin {
  return {
    name: 'medilink-preload',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((part) => part.type === 'chunk');
        const early = chunks.filter(({ fileName }) => html.includes(`src="/${fileName}"`));
        const main = early.flatMap(({ dynamicImports }) => dynamicImports);
        return [...closure(chunks, main)]
          .filter((file) => !early.some(({ fileName }) => fileName === file))
          .map(
            (file): HtmlTagDescriptor => ({
              tag: 'link',
              attrs: { rel: 'modulepreload', href: `/${file}` },
              injectTo: 'head',
            }),
          );
      },
    },
  };
}
