import { Store } from '@tanstack/react-store';

/** Somebody waits for a proof of who is there; the dialog answers. */
export interface Asked {
  answer(proven: boolean): void;
}

export const asked = new Store<Asked | undefined>(undefined);

let waiting: Promise<boolean> | undefined;

/** Has the person prove again who they are. All who ask at once wait for the same proof. */
export function prove(): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    asked.setState(() => ({ answer: resolve }));
  }).finally(() => {
    waiting = undefined;
    asked.setState(() => undefined);
  });
  return waiting;
}
