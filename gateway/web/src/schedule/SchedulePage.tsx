import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkplace } from '@/doctor/useWorkplace';
import type { Hospital } from '@/hospital/queries';
import { mondayOf, today as todayIn } from '@/i18n/days';
import { useWritten } from '@/i18n/written';
import { DayPicker } from '@/patterns/DayPicker';
import { Loaded } from '@/patterns/Loaded';
import { Note } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { useAccess } from '@/session/store';
import { visitTypesQuery } from '@/visit_type/queries';
import { Exceptions } from './Exceptions';
import { weekOn } from './effective';
import { scheduleRoute } from './pages';
import { scheduleQuery } from './queries';
import { WeekForm } from './WeekForm';
import { WeekView } from './WeekView';

/** When a doctor receives patients, and the changes to it: one's own, or as a manager. */
export function SchedulePage() {
  const { t } = useTranslation('schedule');
  const { person } = useAccess();
  const id = scheduleRoute.useSearch().doctor ?? person;
  const workplace = useWorkplace(id);
  return (
    <Page wide title={id === person ? t('title') : t('other')}>
      <Loaded query={workplace} lines={5}>
        {({ doctor, site }) => (
          <>
            <p>{[id !== person && doctor.name, site.name].filter(Boolean).join(' · ')}</p>
            <Whole doctor={id} hospital={site} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Whole({ doctor, hospital }: { doctor: string; hospital: Hospital }) {
  const { t } = useTranslation('schedule');
  const written = useWritten();
  const today = todayIn(hospital.time_zone);
  const [day, pick] = useState(today);
  const [editing, edit] = useState(false);
  const schedule = useQuery(scheduleQuery(doctor));
  const types = useQuery(visitTypesQuery(hospital.id)).data ?? [];
  return (
    <Loaded query={schedule} lines={5}>
      {(known) => {
        const week = weekOn(known.weeks, today);
        const later = known.weeks.filter(({ from }) => from > today);
        if (editing) {
          return (
            <>
              <Typography variant="h2">{t('week.title')}</Typography>
              <WeekForm
                doctor={doctor}
                version={known.version}
                week={week ?? later[0]}
                from={today}
                types={types}
                close={() => edit(false)}
              />
            </>
          );
        }
        return (
          <>
            <Stack
              direction="row"
              sx={{ justifyContent: 'space-between', gap: 1.5, flexWrap: 'wrap' }}
            >
              <DayPicker day={day} today={today} pick={pick} step={7} />
              <Button variant="contained" onClick={() => edit(true)}>
                {t('week.change')}
              </Button>
            </Stack>
            {known.weeks.length === 0 && <Note tone="info">{t('week.none')}</Note>}
            {week?.most_visits !== undefined && (
              <span>{t('week.limit', { count: week.most_visits })}</span>
            )}
            {later.map(({ from }) => (
              <span key={from}>{t('week.later', { day: written.date(from) })}</span>
            ))}
            <WeekView
              doctor={doctor}
              schedule={known}
              holidays={hospital.holidays}
              types={types}
              monday={mondayOf(day)}
              today={today}
            />
            <Exceptions doctor={doctor} schedule={known} types={types} today={today} />
          </>
        );
      }}
    </Loaded>
  );
}
