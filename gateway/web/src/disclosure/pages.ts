import { createRoute } from '@tanstack/react-router';
import { page } from '@/app/page';
import { isId } from '@/app/patient';
import { inside } from '@/app/roots';

const find = createRoute({
  getParentRoute: () => inside,
  path: '/patients',
  component: page('disclosure', () => import('./PatientsPage'), 'PatientsPage'),
});

/** From where somebody comes to a patient. It holds ids and nothing else. */
export interface From {
  /** The visit. */
  visit?: string;
  /** Consents of the patient, with dots between. */
  consents?: string;
}

export const patientRoute = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$id',
  validateSearch: ({ visit, consents }: Record<string, unknown>): From => ({
    ...(isId(visit) && { visit }),
    ...(typeof consents === 'string' && { consents: consents.split('.').filter(isId).join('.') }),
  }),
  component: page('disclosure', () => import('./PatientPage'), 'PatientPage'),
});

export const pages = { inside: [find, patientRoute] } as const;
