/** Where the words are: see build/words.ts. */
declare module 'virtual:words' {
  /** The capabilities whose words come in one file, `first`. */
  export const FIRST: readonly string[];
  /** The address of a capability's words. */
  export function addressOf(language: string, capability: string): string;
}
