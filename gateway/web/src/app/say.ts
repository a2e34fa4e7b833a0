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

export function say(snack: Omit<Snack, 'id'>): void {
  count += 1;
  said.setState(() => ({ ...snack, id: count }));
}
