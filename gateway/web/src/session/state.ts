import { Store } from '@tanstack/react-store';

/** What lets a person in, as the server last said. The refresh token is in a cookie that no script can read. */
export interface Access {
  /** None while the device has no line: then only what is kept on it can be shown. */
  readonly token: string | undefined;
  /** When it was given, in ms since 1970 by this device's clock. */
  readonly began: number;
  /** When the token stops to work. */
  readonly until: number;
  readonly person: string;
  readonly session: string;
  /** When the session ends unless it is refreshed before. */
  readonly idleUntil: number;
  /** When it ends in any case. */
  readonly endsAt: number;
}

/** Why somebody is no longer in. */
export type Reason = 'signed-out' | 'over';

export type Session =
  | { readonly state: 'unknown' }
  /** `person` is who was in before, in this tab. */
  | { readonly state: 'out'; readonly reason?: Reason; readonly person?: string }
  | { readonly state: 'in'; readonly access: Access };

export const session = new Store<Session>({ state: 'unknown' });
