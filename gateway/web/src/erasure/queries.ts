import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { listOptions } from '@/api/pages';
import type { components } from '@/api/schema';

export type Erasure = components['schemas']['ErasureOut'];
export type ErasureState = 'scheduled' | 'held' | 'under_way' | 'withdrawn' | 'complete';
export type Category = 'identity' | 'clinical' | 'conversation' | 'billing';
export type Stage = 'scheduled' | 'begun' | 'shredded' | 'certified';
export type Certificate = components['schemas']['CertificateOut'];

/** What a certificate says of each category. */
export interface Certified {
  readonly erased: readonly { category: Category; at: string }[];
  readonly kept: readonly { category: Category; not_before: string; source: string | null }[];
  readonly log: { readonly tree_size: number };
}

/** The requests to erase a patient, the latest first. */
export const erasuresOfQuery = (patient: string) =>
  queryOptions({
    queryKey: ['erasure', 'of', patient],
    queryFn: async ({ signal }) => {
      const params = { path: { id: patient }, query: { limit: 200 } };
      const { items } = await answered(api.GET('/v1/patients/{id}/erasures', { params, signal }));
      return items;
    },
    meta: { follows: ['legal-hold'] },
  });

/** All requests of the network, the latest first. */
export const erasuresQuery = listOptions({
  queryKey: ['erasure', 'all'],
  read: (after, signal) =>
    answered(
      api.GET('/v1/erasures', {
        params: { query: { limit: 50, ...(after && { after }) } },
        signal,
      }),
    ),
});

export const erasureQuery = (id: string) =>
  queryOptions({
    queryKey: ['erasure', id],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/erasures/{id}', { params: { path: { id } }, signal })),
  });

export const certificateQuery = (id: string) =>
  queryOptions({
    queryKey: ['erasure', id, 'certificate'],
    queryFn: ({ signal }) =>
      answered(api.GET('/v1/erasures/{id}/certificate', { params: { path: { id } }, signal })),
  });

/** Whether it is still to be done, or is being done. */
export function isOpen({ state }: Erasure): boolean {
  return state === 'scheduled' || state === 'held' || state === 'under_way';
}

/** Whether it can be given up: nothing is erased yet. */
export function canBeWithdrawn(erasure: Erasure): boolean {
  return isOpen(erasure) && erasure.categories.every(({ stage }) => stage === 'scheduled');
}
