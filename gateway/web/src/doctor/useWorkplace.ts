import { useQuery } from '@tanstack/react-query';
import { type Hospital, hospitalQuery } from '@/hospital/queries';
import { doctorQuery } from './queries';

/** A doctor, and the hospital on whose clock and calendar they work. */
export function useWorkplace(id: string) {
  const doctor = useQuery(doctorQuery(id));
  const at = doctor.data?.hospital;
  const hospital = useQuery({ ...hospitalQuery(at ?? ''), enabled: at !== undefined });
  const asked = doctor.data === undefined ? doctor : hospital;
  const site: Hospital | undefined = hospital.data;
  return {
    data: doctor.data && site && { doctor: doctor.data, site },
    isError: asked.isError,
    error: asked.error as unknown,
    refetch: () => void asked.refetch(),
  };
}
