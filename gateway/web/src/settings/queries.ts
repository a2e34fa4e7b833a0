import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';

export type Settings = components['schemas']['SettingsOut'];
export type SessionLifetimes = components['schemas']['SessionLifetimesOut'];
export type RetentionRule = components['schemas']['RetentionRuleOut'];

/** What is set for this deployment. It changes when the gateway is started anew. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => answered(api.GET('/v1/settings', { signal })),
});
