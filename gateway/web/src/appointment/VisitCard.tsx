import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import type { Appointment } from './queries';

const Whole = createLink(
  styled('a')(({ theme }) => ({
    color: 'inherit',
    textDecoration: 'none',
    // The whole card is pressed, and it is one link to who hears it read.
    '&::after': { content: '""', position: 'absolute', inset: 0 },
    '&:focus-visible': { outline: 'none' },
    '&:focus-visible::after': {
      outline: `3px solid ${theme.palette.primary.main}`,
      outlineOffset: -3,
    },
  })),
);

/** A visit in a list: when, with whom, where, and how it stands. */
export function VisitCard({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('appointment');
  const written = useWritten();
  const doctor = useQuery(doctorQuery(visit.doctor)).data;
  const hospital = useQuery(hospitalQuery(visit.hospital)).data;
  const department = hospital?.departments.find(({ id }) => id === visit.department);
  return (
    <Paper sx={{ p: 2, position: 'relative' }}>
      <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}>
        <Typography variant="h3">
          <Whole to="/visits/$id" params={{ id: visit.id }}>
            <time dateTime={visit.starts_at}>
              {written.moment(visit.starts_at, visit.time_zone)}
            </time>
          </Whole>
        </Typography>
        <Tag>{t(`status.${visit.status as 'booked'}`)}</Tag>
      </Stack>
      <Typography>{doctor?.name ?? t('doctor')}</Typography>
      <Typography color="textSecondary" variant="body2">
        {[department?.name, hospital?.name, t(`mode.${visit.mode}`)].filter(Boolean).join(' · ')}
      </Typography>
    </Paper>
  );
}
