import { createContext, useContext, useLayoutEffect } from 'react';

/** A dialog, for what is in it. */
export interface Around {
  readonly close: () => void;
  /** Says whether the dialog is held: neither Escape nor a press beside it closes it then. */
  readonly hold: (held: boolean) => void;
}

export const Surrounding = createContext<Around | undefined>(undefined);

/** Holds the dialog around this, if there is one: for a command that runs, or what is shown once. */
export function useHeld(held: boolean): Around | undefined {
  const around = useContext(Surrounding);
  useLayoutEffect(() => {
    if (!held) return;
    around?.hold(true);
    return () => around?.hold(false);
  }, [around, held]);
  return around;
}
