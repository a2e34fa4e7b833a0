import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

/** A plain button, for what surrounds every page: there is no MUI in that. */
export function Press(props: ComponentProps<'button'>) {
  return <button type="button" {...props} className="press" />;
}

/** A link to another page that looks like a button, because it is what one comes for. */
export const LinkButton = createLink((props: ComponentProps<'a'>) => (
  <a {...props} className="press filled" />
));
