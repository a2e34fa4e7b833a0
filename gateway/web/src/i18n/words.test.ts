import { expect, test } from 'vitest';
import { LANGUAGES } from './languages';

const files = import.meta.glob<Record<string, unknown>>('../*/words/*.json', {
  eager: true,
  import: 'default',
});
const capabilities = [...new Set(Object.keys(files).map((path) => path.split('/')[1] ?? ''))];

/** Every text of a file by its name, `home.title`. */
function texts(words: unknown, at = ''): [string, string][] {
  if (typeof words === 'string') return [[at, words]];
  return Object.entries(words as object).flatMap(([name, inner]) =>
    texts(inner, at ? `${at}.${name}` : name),
  );
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name ?? '').sort();
}

test.each(capabilities)('%s says the same in every language', (capability) => {
  const english = new Map(texts(files[`../${capability}/words/en.json`]));
  for (const language of Object.keys(LANGUAGES)) {
    const theirs = new Map(texts(files[`../${capability}/words/${language}.json`]));
    expect([...theirs.keys()].sort(), language).toEqual([...english.keys()].sort());
    for (const [name, text] of theirs) {
      expect(text.trim(), `${language} ${name}`).not.toBe('');
      expect(placeholders(text), `${language} ${name}`).toEqual(
        placeholders(english.get(name) ?? ''),
      );
    }
  }
});

test('what is said in Hindi and Punjabi is written in their scripts', () => {
  const scripts = { hi: /\p{Script=Devanagari}/u, pa: /\p{Script=Gurmukhi}/u };
  for (const [path, words] of Object.entries(files)) {
    const script = Object.entries(scripts).find(([tag]) => path.endsWith(`/${tag}.json`))?.[1];
    if (script === undefined) continue;
    for (const [name, text] of texts(words)) expect(text, `${path} ${name}`).toMatch(script);
  }
});
