import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '@/api/client';
import { Problem } from '@/api/problem';
import type { components } from '@/api/schema';

export type Schedule = components['schemas']['ScheduleOut'];
export type Week = components['schemas']['WeekOut'];
export type Hours = components['schemas']['HoursOut'];
export type Leave = components['schemas']['LeaveOut'];
export type Weekday = components['schemas']['WeekdayCode'];

type Known = Pick<Schedule, 'weeks' | 'dates' | 'leaves' | 'version'>;

const NONE: Known = { weeks: [], dates: [], leaves: [], version: 0 };

/** When a doctor receives patients; empty as long as nothing has been said. */
export const scheduleQuery = (doctor: string) =>
  queryOptions({
    queryKey: ['schedule', doctor],
    queryFn: async ({ signal }): Promise<Known> => {
      try {
        return await answered(
          api.GET('/v1/doctors/{id}/schedule', { params: { path: { id: doctor } }, signal }),
        );
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return NONE;
        throw error;
      }
    },
  });
