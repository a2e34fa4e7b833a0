import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import type { Appointment } from '@/appointment/queries';
import { patientQuery } from './queries';

/** A visit in a list for staff, with its patient's name where the list says it. */
export type NamedVisit = Appointment & { readonly patient_name?: string };

/**
 * Who comes to a visit, as a link to the patient. The front desk may know every name; others
 * read the one that their list says, and are not made to try for more: each try is recorded.
 */
export function PatientName({ visit }: { visit: NamedVisit }) {
  const { t } = useTranslation('disclosure');
  const desk = useRoles().includes('receptionist');
  const asked = desk && visit.patient_name === undefined;
  const patient = useQuery({ ...patientQuery(visit.patient), enabled: asked });
  return (
    <Link to="/patients/$id" params={{ id: visit.patient }} search={{ visit: visit.id }}>
      {visit.patient_name ?? patient.data?.name ?? t('open')}
    </Link>
  );
}
