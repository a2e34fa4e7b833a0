import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { Problem } from '@/api/problem';
import type { components } from '@/api/schema';

export type FeedbackGiven = components['schemas']['FeedbackOut'];

/** What a patient said of a visit; null if they have not. */
export const feedbackQuery = (appointment: string) =>
  queryOptions({
    queryKey: ['feedback', appointment],
    queryFn: async ({ signal }): Promise<FeedbackGiven | null> => {
      try {
        return await answered(
          api.GET('/v1/appointments/{id}/feedback', {
            params: { path: { id: appointment } },
            signal,
          }),
        );
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
