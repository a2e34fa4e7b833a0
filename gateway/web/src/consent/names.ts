import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { integratorQuery } from '@/integrator/queries';
import type { Grantee } from './queries';

/** What a grantee is called, as the directory has it; what they are, until that is known. */
export function useGranteeName({ kind, id, hospital }: Grantee): string {
  const { t } = useTranslation('consent');
  const place = hospital ?? id;
  const atPlace = kind === 'hospital' || kind === 'department';
  const doctor = useQuery({ ...doctorQuery(id), enabled: kind === 'person' }).data;
  const whole = useQuery({ ...hospitalQuery(place), enabled: atPlace }).data;
  const program = useQuery({ ...integratorQuery(id), enabled: kind === 'integrator' }).data;
  const department = whole?.departments.find((one) => one.id === id);
  const names = {
    person: doctor?.name,
    hospital: whole?.name,
    department: department && whole && `${department.name}, ${whole.name}`,
    integrator: program?.name,
  };
  return names[kind] ?? t(`grantee.${kind}`);
}
