import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Banners } from './Banners';
import { Preferences } from './Preferences';

/** What surrounds the pages for those who have not signed in, and what stands alone. */
export function Doorway({ children = <Outlet /> }: { children?: ReactNode }) {
  return (
    <Stack sx={{ minHeight: '100dvh', alignItems: 'center', p: 2, gap: 3 }}>
      <Typography
        component="p"
        sx={{ mt: { xs: 2, md: 6 }, fontSize: '1.6rem', fontWeight: 700 }}
        color="primary"
      >
        MediLink
      </Typography>
      <Paper component="main" sx={{ width: '100%', maxWidth: '27rem', p: { xs: 2.5, md: 4 } }}>
        <Banners />
        {children}
      </Paper>
      <Box component="footer" sx={{ pb: 3 }}>
        <Preferences />
      </Box>
    </Stack>
  );
}
