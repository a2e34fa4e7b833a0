import Stack from '@mui/material/Stack';
import type { ReactNode } from 'react';

/** Fields that stand side by side where there is room. */
export function Row({ children }: { children: ReactNode }) {
  return (
    <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
      {children}
    </Stack>
  );
}
