import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { components } from '@/api/schema';
import { doctorsQuery } from '@/doctor/all';
import type { Hospital } from '@/hospital/queries';
import { Site } from '@/hospital/Site';
import { plusDays, today } from '@/i18n/days';
import { useWritten } from '@/i18n/written';
import { Bars } from '@/patterns/Bars';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { Table } from '@/patterns/Table';
import { figuresRoute } from './pages';
import { figuresQuery } from './queries';

type Figures = components['schemas']['DoctorFiguresOut'];

/** Who did not come and how long people waited, doctor by doctor. No patient is named. */
export function FiguresPage() {
  const { t } = useTranslation('board');
  const { hospital } = figuresRoute.useParams();
  return (
    <Site wide hospital={hospital} title={t('figures.title')}>
      {(site) => <Period site={site} />}
    </Site>
  );
}

function Period({ site }: { site: Hospital }) {
  const { t } = useTranslation('board');
  const now = today(site.time_zone);
  const [from, setFrom] = useState(plusDays(now, -29));
  const [to, setTo] = useState(now);
  const sound = from <= to && to <= plusDays(from, 366);
  const figures = useQuery({ ...figuresQuery(site.id, from, to), enabled: sound });
  const day = (label: string, value: string, set: (day: string) => void) => (
    <TextField
      type="date"
      size="small"
      label={label}
      value={value}
      error={!sound}
      onChange={({ target }) => target.value !== '' && set(target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
  return (
    <>
      <Stack direction="row" sx={{ gap: 2, flexWrap: 'wrap', alignItems: 'center' }}>
        {day(t('figures.from'), from, setFrom)}
        {day(t('figures.to'), to, setTo)}
      </Stack>
      {sound ? (
        <Loaded query={figures} lines={5}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>{t('figures.none')}</Empty>
            ) : (
              <Charts hospital={site.id} items={items} />
            )
          }
        </Loaded>
      ) : (
        <p role="alert">{t('figures.unsound')}</p>
      )}
    </>
  );
}

function Charts({ hospital, items }: { hospital: string; items: readonly Figures[] }) {
  const { t } = useTranslation('board');
  const written = useWritten();
  const doctors = useQuery(doctorsQuery(hospital)).data;
  const name = ({ doctor }: Figures) =>
    doctors?.find(({ id }) => id === doctor)?.name ?? t('doctor');
  const share = ({ no_shows, visits }: Figures) => (visits === 0 ? 0 : no_shows / visits);
  const percent = (part: number) => t('figures.percent', { value: Math.round(part * 100) });
  const minutes = (seconds: number) =>
    t('figures.minutes', { value: written.number(Math.round(seconds / 60)) });
  return (
    <>
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: '1fr', md: 'repeat(2, minmax(0, 1fr))' },
          alignItems: 'start',
        }}
      >
        <Bars
          title={t('figures.missed')}
          bars={items
            .map((of) => ({
              id: of.doctor,
              name: name(of),
              value: share(of),
              text: percent(share(of)),
            }))
            .sort((one, other) => other.value - one.value)}
        />
        <Bars
          title={t('figures.waiting')}
          bars={items
            .map((of) => ({
              id: of.doctor,
              name: name(of),
              value: of.mean_wait_seconds,
              text: of.waits === 0 ? t('figures.nobody') : minutes(of.mean_wait_seconds),
            }))
            .sort((one, other) => other.value - one.value)}
        />
      </Box>
      <Table
        caption={t('figures.numbers')}
        rows={items}
        id={({ doctor }) => doctor}
        columns={[
          { name: t('doctor'), cell: name },
          ...(['visits', 'walk_ins', 'completed', 'no_shows', 'cancelled'] as const).map(
            (what) => ({
              name: t(`figures.${what}`),
              number: true,
              cell: (of: Figures) => written.number(of[what]),
            }),
          ),
          { name: t('figures.share'), number: true, cell: (of) => percent(share(of)) },
          {
            name: t('figures.mean'),
            number: true,
            cell: (of) => (of.waits === 0 ? '–' : minutes(of.mean_wait_seconds)),
          },
          {
            name: t('figures.longest'),
            number: true,
            cell: (of) => (of.waits === 0 ? '–' : minutes(of.longest_wait_seconds)),
          },
        ]}
      />
    </>
  );
}
