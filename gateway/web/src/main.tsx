import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { begin } from '@/api/send';
import { keepQueries } from '@/device/queries';
import { startI18n } from '@/i18n';
import { keepInstalled } from './app/installation';
import { leaveNothing } from './app/leaving';
import { queries } from './app/queries';
import { router } from './app/router';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
keepQueries(queries);
leaveNothing(queries);
await startI18n();
begin();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
keepInstalled();
