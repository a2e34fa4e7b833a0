import { Store } from '@tanstack/react-store';

/** Something was done, and can be undone for as long as it is said. */
export interface Snack {
  readonly id: number;
  readonly text: string;
  readonly undo?: () => void;
}

/** What is said now. */
export const said = new Store<Snack | undefined>(undefined);

let count = 0;

/** Says something for a few seconds. */
export function say(snack: Omit<Snack, 'id'>): void {
  count += 1;
  said.setState(() => ({ ...snack, id: count }));
}

/**
 * What a command does when it is done: says so, and goes on, such as to close the form. What is
 * shown is read anew by itself (queries.ts).
 */
export function saying(text: string, then?: () => void): () => void {
  return () => {
    say({ text });
    then?.();
  };
}
