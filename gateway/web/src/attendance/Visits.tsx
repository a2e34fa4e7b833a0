import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { type NamedVisit, PatientName } from '@/disclosure/PatientName';
import { useWritten } from '@/i18n/written';
import { type Column, Table } from '@/patterns/Table';
import { visitTypesQuery } from '@/visit_type/queries';
import { Actions } from './Actions';
import { State } from './State';
import type { useVisitCommand } from './useVisitCommand';

/** Visits of a day in a table, each with how it stands and what can be done. */
export function Visits(props: {
  caption: string;
  hospital: string;
  visits: readonly NamedVisit[];
  command: ReturnType<typeof useVisitCommand>;
  /** What else each row tells, after the name. */
  more?: readonly Column<NamedVisit>[];
}) {
  const { caption, hospital, visits, command, more = [] } = props;
  const { t } = useTranslation('attendance');
  const written = useWritten();
  const roles = useRoles();
  const types = useQuery(visitTypesQuery(hospital)).data;
  const about = (visit: NamedVisit) =>
    [
      types?.find(({ id }) => id === visit.visit_type)?.name,
      visit.mode !== 'in_person' && t(`mode.${visit.mode}`),
      visit.walk_in && t('walk-in'),
      visit.reason,
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Table
      dense
      caption={caption}
      rows={visits}
      id={(visit) => visit.id}
      columns={[
        {
          name: t('column.time'),
          cell: (visit) => (
            <time dateTime={visit.starts_at}>{written.time(visit.starts_at, visit.time_zone)}</time>
          ),
        },
        { name: t('column.number'), number: true, cell: (visit) => visit.token ?? '' },
        { name: t('column.patient'), cell: (visit) => <PatientName visit={visit} /> },
        ...more,
        { name: t('column.about'), cell: about },
        { name: t('column.state'), cell: (visit) => <State visit={visit} /> },
        {
          name: t('column.next'),
          cell: (visit) => <Actions visit={visit} roles={roles} command={command} />,
        },
      ]}
    />
  );
}
