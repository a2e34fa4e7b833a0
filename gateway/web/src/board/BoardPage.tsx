import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMovingDay } from '@/attendance/useMovingDay';
import { useVisitCommand } from '@/attendance/useVisitCommand';
import { Visits } from '@/attendance/Visits';
import type { NamedVisit } from '@/disclosure/PatientName';
import { doctorsQuery } from '@/doctor/all';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { today } from '@/i18n/days';
import { useWritten } from '@/i18n/written';
import { DayPicker } from '@/patterns/DayPicker';
import { Empty } from '@/patterns/Empty';
import { Failure } from '@/patterns/Failure';
import { Loaded } from '@/patterns/Loaded';
import { Select } from '@/patterns/Select';
import { boardRoute } from './pages';
import { boardQuery, boardVersionQuery } from './queries';

/** In this order: who is here, who comes, who was. */
const GROUPS = [
  ['here', ['checked_in', 'in_progress']],
  ['ahead', ['booked']],
  ['over', ['completed', 'no_show', 'cancelled']],
] as const;

/** The day of a whole hospital, as the front desk has it before them. */
export function BoardPage() {
  const { t } = useTranslation('board');
  const { hospital } = boardRoute.useParams();
  return (
    <Site wide hospital={hospital} title={t('title')}>
      {(site) => <Board site={site} />}
    </Site>
  );
}

function Board({ site }: { site: Hospital }) {
  const { t } = useTranslation('board');
  const search = boardRoute.useSearch();
  const navigate = useNavigate();
  const written = useWritten();
  const now = today(site.time_zone);
  const date = search.date ?? now;
  const department = search.department ?? '';
  const board = useQuery(boardQuery(site.id, date, department));
  const doctors = useQuery(doctorsQuery(site.id)).data;
  const command = useVisitCommand();
  useMovingDay(board, boardVersionQuery(site.id, date));
  const go = (day: string, of: string) =>
    void navigate({
      to: '/hospitals/$hospital/board',
      params: { hospital: site.id },
      search: { ...(day !== now && { date: day }), ...(of && { department: of }) },
      replace: true,
    });
  const doctor = {
    name: t('doctor'),
    cell: (visit: NamedVisit) => (
      <Link to="/day" search={{ doctor: visit.doctor, ...(date !== now && { date }) }}>
        {doctors?.find(({ id }) => id === visit.doctor)?.name ?? t('list')}
      </Link>
    ),
  };
  return (
    <>
      <Stack direction="row" sx={{ gap: 2, flexWrap: 'wrap', alignItems: 'center' }}>
        <DayPicker day={date} today={now} pick={(day) => go(day, department)} />
        <Select
          size="small"
          label={t('department')}
          value={department}
          options={[['', t('all')], ...site.departments.map(({ id, name }) => [id, name] as const)]}
          choose={(id) => go(date, id)}
        />
        <span>{written.date(date)}</span>
      </Stack>
      {command.isError && command.variables.step !== 'no-show' && <Failure error={command.error} />}
      <Loaded query={board} lines={6}>
        {({ items }) => (
          <Stack spacing={2}>
            {items.length === 0 && <Empty>{t('empty')}</Empty>}
            {GROUPS.map(([name, states]) => {
              const visits = items.filter(({ status }) => states.some((one) => one === status));
              return (
                visits.length > 0 && (
                  <Visits
                    key={name}
                    caption={t(name, { count: visits.length })}
                    hospital={site.id}
                    visits={visits}
                    command={command}
                    more={[doctor]}
                  />
                )
              );
            })}
          </Stack>
        )}
      </Loaded>
    </>
  );
}
