import { addressOf, FIRST } from 'virtual:words';
import type { Language } from './languages';

const coming = new Map<string, Promise<object>>();
const missed = new Map<string, number>();

async function load(language: Language, file: string): Promise<object> {
  const address = addressOf(language, file);
  const times = missed.get(address) ?? 0;
  try {
    // What didn't come once never does under the same address: browsers remember that.
    return (await import(/* @vite-ignore */ times > 0 ? `${address}?${times}` : address)).default;
  } catch (error) {
    missed.set(address, times + 1);
    coming.delete(`${language}/${file}`);
    throw error;
  }
}

/** The words of a capability; whoever asks for what is under way waits for the same. */
export async function wordsOf(language: Language, capability: string): Promise<object> {
  const first = FIRST.includes(capability);
  const file = first ? 'first' : capability;
  const name = `${language}/${file}`;
  const words = coming.get(name) ?? load(language, file);
  coming.set(name, words);
  return first ? (((await words) as Record<string, object>)[capability] ?? {}) : words;
}
