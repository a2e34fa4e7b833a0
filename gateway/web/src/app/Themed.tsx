import { ThemeProvider } from '@mui/system';
import { useStore } from '@tanstack/react-store';
import type { ReactNode } from 'react';
import { scheme } from './colours';
import { themeOf } from './theme';

/** What uses MUI is in here: in the colours that its reader chose. */
export function Themed({ children }: { children: ReactNode }) {
  return <ThemeProvider theme={themeOf(useStore(scheme, (now) => now))}>{children}</ThemeProvider>;
}
