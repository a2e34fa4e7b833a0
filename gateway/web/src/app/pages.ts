import { createRoute } from '@tanstack/react-router';
import { inside } from './roots';
import { StartPage } from './StartPage';

const start = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: StartPage,
});

export const pages = { inside: [start] } as const;
