import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { NamedVisit } from '@/disclosure/PatientName';
import { Empty } from '@/patterns/Empty';
import { Failure } from '@/patterns/Failure';
import { Loaded } from '@/patterns/Loaded';
import { dayQuery, dayVersionQuery } from './queries';
import { useMovingDay } from './useMovingDay';
import { useVisitCommand } from './useVisitCommand';
import { Visits } from './Visits';

const NOW = ['in_progress', 'checked_in'];
const RANK = ['in_progress', 'checked_in'];

const Over = styled('details')({
  '& summary': { cursor: 'pointer', minHeight: 44, fontWeight: 600, paddingTop: 10 },
});

/** A doctor's day: who is here, who is still to come, who was. */
export function Day(props: { doctor: string; hospital: string; date: string }) {
  const { doctor, hospital, date } = props;
  const { t } = useTranslation('attendance');
  const day = useQuery(dayQuery(doctor, date));
  const command = useVisitCommand();
  useMovingDay(day, dayVersionQuery(doctor, date));
  const visits = (caption: string, of: readonly NamedVisit[]) =>
    of.length > 0 && <Visits caption={caption} hospital={hospital} visits={of} command={command} />;
  return (
    <>
      {command.isError && command.variables.step !== 'no-show' && <Failure error={command.error} />}
      <Loaded query={day} lines={6}>
        {({ items }) => {
          if (items.length === 0) return <Empty>{t('empty')}</Empty>;
          const here = items
            .filter(({ status }) => NOW.includes(status))
            .sort((one, other) => rank(one) - rank(other));
          const ahead = items.filter(({ status }) => status === 'booked');
          const over = items.filter(({ status }) => !NOW.includes(status) && status !== 'booked');
          return (
            <Stack spacing={2}>
              <Counts items={items} />
              {visits(t('here', { count: here.length }), here)}
              {visits(t('ahead', { count: ahead.length }), ahead)}
              {over.length > 0 && (
                <Over open={here.length + ahead.length === 0}>
                  <summary>{t('over', { count: over.length })}</summary>
                  {visits(t('over', { count: over.length }), over)}
                </Over>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </>
  );
}

/** Those who are being seen first, then those who wait, by their numbers. */
function rank({ status, token }: NamedVisit): number {
  return RANK.indexOf(status) * 10_000 + (token ?? 0);
}

/** The day in numbers, to be read from across the room. */
function Counts({ items }: { items: readonly NamedVisit[] }) {
  const { t } = useTranslation('attendance');
  const count = (status: string) => items.filter((visit) => visit.status === status).length;
  const next = items
    .filter(({ status }) => status === 'checked_in')
    .sort((one, other) => rank(one) - rank(other))[0];
  const shown = [
    [t('count.waiting'), count('checked_in')],
    [t('count.next'), next?.token ?? '–'],
    [t('count.ahead'), count('booked')],
    [t('count.done'), count('completed')],
    [t('count.missed'), count('no_show')],
  ] as const;
  return (
    <Paper role="status">
      <Stack
        component="dl"
        direction="row"
        sx={{ m: 0, p: 1.5, flexWrap: 'wrap', columnGap: 4, rowGap: 1 }}
      >
        {shown.map(([name, value]) => (
          <Stack key={name} sx={{ flexDirection: 'column-reverse' }}>
            <Typography component="dt" variant="body2" color="text.secondary">
              {name}
            </Typography>
            <Typography component="dd" variant="h2" sx={{ m: 0 }}>
              {value}
            </Typography>
          </Stack>
        ))}
      </Stack>
    </Paper>
  );
}
