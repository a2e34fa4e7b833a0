import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { isId } from '@/app/patient';
import { inside } from '@/app/roots';
import type { Wanted } from './queries';
import { STATES } from './states';

export const registerRoute = createRoute({
  getParentRoute: () => inside,
  path: '/compliance/consents',
  // Ids and a state: nothing else is taken from an address.
  validateSearch: ({ patient, grantee, state }: Record<string, unknown>): Wanted => {
    const known = STATES.find((each) => each === state);
    return {
      ...(isId(patient) && { patient }),
      ...(isId(grantee) && { grantee }),
      ...(known && { state: known }),
    };
  },
  component: page('consent_register', () => import('./RegisterPage'), 'RegisterPage'),
});

export const pages = { inside: [registerRoute] } as const;
