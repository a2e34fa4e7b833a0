/**
 * As a `ref`: has what appears take the focus, as the one thing to do there. (`autoFocus` is React's
 * own doing, and Preact leaves it to the browser, which heeds it once for each page.)
 */
export function focused(element: HTMLElement | null): void {
  element?.focus();
}
