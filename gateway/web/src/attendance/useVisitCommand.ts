import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import type { Appointment } from '@/appointment/queries';

/** What is done with a visit on its day. */
export type Step = 'check-in' | 'start' | 'complete' | 'no-show';

/** Does the next thing with a visit. */
export function useVisitCommand() {
  const { t } = useTranslation('attendance');
  return useMutation({
    async mutationFn({ visit, step }: { visit: Appointment; step: Step }) {
      const params = { path: { id: visit.id } };
      if (step === 'check-in') {
        const { data } = await api.POST('/v1/appointments/{id}/check-in', { params });
        return t('done.check-in', { number: data?.token });
      }
      if (step === 'start') await api.POST('/v1/appointments/{id}/start', { params });
      else if (step === 'complete') await api.POST('/v1/appointments/{id}/complete', { params });
      else await api.POST('/v1/appointments/{id}/no-show', { params });
      return t(`done.${step}`);
    },
    onSuccess: (text) => say({ text }),
  });
}
