import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/system';
import { useStore } from '@tanstack/react-store';
import type { ReactNode } from 'react';
import { scheme, themeOf } from './theme';

/** Everything in it is shown in the colours that its reader chose. */
export function Themed({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider theme={themeOf(useStore(scheme, (now) => now))}>
      <CssBaseline />
      {children}
    </ThemeProvider>
  );
}
