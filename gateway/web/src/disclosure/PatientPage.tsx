import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { usePosts, useRoles } from '@/app/roles';
import { OpenAccess } from '@/emergency_access/OpenAccess';
import { hospitalQuery } from '@/hospital/queries';
import { Empty } from '@/patterns/Empty';
import { Failure } from '@/patterns/Failure';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { AskConsent } from './AskConsent';
import { Identity } from './Identity';
import { patientRoute } from './pages';
import { patientQuery } from './queries';
import { type Reasons, useReasons } from './useReasons';
import { VisitsOf, VisitTable } from './VisitsOf';
import { Why } from './Why';

/** A patient as staff see them: what they may, and why they may. */
export function PatientPage() {
  const { t } = useTranslation('disclosure');
  const { id } = patientRoute.useParams();
  const reasons = useReasons(id, patientRoute.useSearch());
  return (
    <Page title={t('title')}>
      <Loaded query={reasons}>
        {(why) => <Seen key={id} patient={id} why={why} care={reasons.care} />}
      </Loaded>
    </Page>
  );
}

function Seen({ patient, why, care }: { patient: string; why: Reasons; care: boolean }) {
  const { t } = useTranslation('disclosure');
  const [tried, setTried] = useState(false);
  const { desk, visit, consents, emergency } = why;
  useEnd(patient, emergency?.until);
  const identity = desk || emergency !== undefined || tried;
  const record = identity || consents.length > 0;
  const who = useQuery({ ...patientQuery(patient), enabled: identity });
  const hidden = who.error instanceof Problem && who.error.status === 404;
  const reason = desk || visit !== undefined || consents.length > 0 || emergency !== undefined;
  if (hidden || (!reason && !tried)) {
    const look = !hidden && (
      <Stack sx={{ alignItems: 'center', gap: 1 }}>
        {care && <Link to="/patients">{t('nothing.held')}</Link>}
        <Button variant="text" onClick={() => setTried(true)}>
          {t('nothing.try')}
        </Button>
      </Stack>
    );
    return (
      <Stack spacing={2}>
        <Empty action={look}>{hidden ? t('nothing.hidden') : t('nothing.text')}</Empty>
        <Ways patient={patient} care={care} emergency={false} />
      </Stack>
    );
  }
  return (
    <Stack spacing={2.5}>
      {identity && <Loaded query={who}>{(found) => <Identity patient={found} />}</Loaded>}
      {reason && <Why reasons={why} />}
      {record && <VisitsOf patient={patient} opinions={consents.length > 0} />}
      {!record && visit && <VisitTable visits={[visit]} opinions={false} />}
      {!record && care && <Link to="/patients">{t('nothing.held')}</Link>}
      <Ways patient={patient} care={care} emergency={emergency !== undefined} />
    </Stack>
  );
}

/** Has what an emergency let one read go from the page, and from memory, when its time is over. */
function useEnd(patient: string, until: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (until === undefined) return;
    const end = () => {
      queries.removeQueries({ queryKey: ['patient', patient] });
      queries.removeQueries({ queryKey: ['appointment', 'of', patient] });
      void queries.invalidateQueries({ queryKey: ['emergency-access'] });
    };
    const timer = setTimeout(end, Math.max(0, Date.parse(until) - Date.now()));
    return () => clearTimeout(timer);
  }, [queries, patient, until]);
}

/** How to see more: the patient is asked, or it is an emergency. */
function Ways(props: { patient: string; care: boolean; emergency: boolean }) {
  const { patient, care, emergency } = props;
  const { t } = useTranslation('disclosure');
  const { person } = useAccess();
  const roles = useRoles();
  const worked = usePosts();
  const posts = worked.data ?? [];
  const ids = [...new Set(posts.map(({ hospital }) => hospital))];
  const found = useQueries({ queries: ids.map((hospital) => hospitalQuery(hospital)) });
  const failed = [worked, ...found].find(({ isError, data }) => isError && !data);
  // An emergency doesn't wait for a name.
  const nameOf = (id: string) =>
    found.find(({ data }) => data?.id === id)?.data?.name ??
    t('hospital', { number: `…${id.slice(-8)}` });
  const at = (wanted: readonly string[]) =>
    ids
      .filter((id) => posts.some(({ hospital, role }) => hospital === id && wanted.includes(role)))
      .map((id) => [id, nameOf(id)] as const);
  const caring = at(['doctor', 'nurse', 'department-head']);
  const asking = at(['doctor', 'nurse', 'department-head', 'receptionist', 'administrator']);
  const zone = found.find(({ data }) => data !== undefined)?.data?.time_zone;
  const mayAsk = care || roles.includes('receptionist') || roles.includes('administrator');
  return (
    <>
      {failed && <Failure error={failed.error} retry={() => void failed.refetch()} />}
      <Stack
        direction="row"
        sx={{ gap: 1.5, flexWrap: 'wrap' }}
        aria-label={t('ways')}
        role="group"
      >
        {mayAsk && zone && (
          <AskConsent
            patient={patient}
            person={care ? person : undefined}
            hospitals={asking}
            zone={zone}
          />
        )}
        {care && !emergency && caring.length > 0 && (
          <OpenAccess patient={patient} hospitals={caring} />
        )}
      </Stack>
    </>
  );
}
