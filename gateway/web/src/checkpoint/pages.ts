import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { inside } from '@/app/roots';

const checkpoint = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/checkpoint',
  component: page('checkpoint', () => import('./CheckpointPage'), 'CheckpointPage'),
});

export const pages = { inside: [checkpoint] } as const;
