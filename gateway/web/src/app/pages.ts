import { createRoute } from '@tanstack/react-router';
import { inside } from './roots';
import { prepare, StartPage } from './StartPage';

const start = createRoute({
  getParentRoute: () => inside,
  path: '/',
  loader: prepare,
  component: StartPage,
});

export const pages = { inside: [start] } as const;
