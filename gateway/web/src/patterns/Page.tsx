import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef } from 'react';

/**
 * A page: its title, what can be done, and what it shows. The title goes into the tab, so it
 * must name no person; whoever comes to the page by keyboard or hears it read starts there.
 */
export function Page(props: {
  title: string;
  actions?: ReactNode;
  /** For tables of many columns: as wide as the screen is, rather than as text is read well. */
  wide?: boolean;
  children: ReactNode;
}) {
  const { title, actions, wide, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · MediLink`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <Stack component="section" spacing={2.5} data-wide={wide}>
      <Stack
        direction="row"
        sx={{ flexWrap: 'wrap', gap: 1.5, alignItems: 'center', justifyContent: 'space-between' }}
      >
        <Typography variant="h1" ref={heading} tabIndex={-1} sx={{ outline: 'none' }}>
          {title}
        </Typography>
        {actions}
      </Stack>
      {children}
    </Stack>
  );
}
