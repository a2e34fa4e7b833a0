import type { Consent } from '@/consent/queries';

export type State = Consent['state'];

/** How a consent may stand, those first that are in force. */
export const STATES = [
  'granted',
  'requested',
  'denied',
  'revoked',
  'expired',
] as const satisfies readonly State[];
