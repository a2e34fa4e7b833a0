/** When the person last touched this tab, in ms since 1970. */
let last = Date.now();

export function watchActivity(): void {
  const touched = () => {
    last = Date.now();
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
    addEventListener(kind, touched, { passive: true, capture: true });
  }
}

export function activeSince(moment: number): boolean {
  return last >= moment;
}
