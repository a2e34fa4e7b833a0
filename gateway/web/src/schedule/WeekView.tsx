import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { plusDays } from '@/i18n/days';
import { useWritten } from '@/i18n/written';
import { FormDialog } from '@/patterns/FormDialog';
import type { VisitType } from '@/visit_type/queries';
import { DateForm } from './DateForm';
import { type Effective, effectiveOn } from './effective';
import type { Hours, Schedule } from './queries';

const Grid = styled('ol')(({ theme }) => ({
  listStyle: 'none',
  margin: 0,
  padding: 0,
  display: 'grid',
  gap: theme.spacing(1),
  gridTemplateColumns: 'repeat(7, minmax(0, 1fr))',
  [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'repeat(4, minmax(0, 1fr))' },
  [theme.breakpoints.down('sm')]: { gridTemplateColumns: '1fr' },
}));

const Block = styled('li')(({ theme }) => ({
  padding: theme.spacing(0.75, 1),
  borderRadius: 6,
  borderInlineStart: `4px solid ${theme.palette.primary.main}`,
  background: theme.palette.action.selected,
  '& time': { whiteSpace: 'nowrap' },
  '& small': { display: 'block', color: theme.palette.text.secondary },
}));

/** The seven days of a week as they will be: hours, exceptions, leave and holidays in one. */
export function WeekView(props: {
  doctor: string;
  schedule: Pick<Schedule, 'weeks' | 'dates' | 'leaves'>;
  holidays: readonly { readonly date: string; readonly name: string }[];
  types: readonly VisitType[];
  monday: string;
  today: string;
}) {
  const { schedule, holidays, monday, today } = props;
  const written = useWritten();
  const { t } = useTranslation('schedule');
  return (
    <Grid>
      {Array.from({ length: 7 }, (_, index) => plusDays(monday, index)).map((day) => {
        const effective = effectiveOn(schedule, holidays, day);
        return (
          <Paper
            key={day}
            component="li"
            sx={{ p: 1.25, display: 'flex', flexDirection: 'column', gap: 1 }}
            aria-current={day === today ? 'date' : undefined}
          >
            <Typography variant="h3" component="h2" color={day === today ? 'primary' : undefined}>
              {written.weekday(day)}
            </Typography>
            <DayHours effective={effective} types={props.types} />
            {day >= today && effective.why !== 'leave' && (
              <Stack sx={{ mt: 'auto', alignItems: 'flex-start' }}>
                <FormDialog
                  does={t('date.change')}
                  label={t('date.of', { day: written.date(day) })}
                  title={t('date.title')}
                  variant="text"
                >
                  {(close) => (
                    <DateForm
                      doctor={props.doctor}
                      date={day}
                      min={today}
                      hours={'hours' in effective ? effective.hours : []}
                      types={props.types}
                      close={close}
                    />
                  )}
                </FormDialog>
              </Stack>
            )}
          </Paper>
        );
      })}
    </Grid>
  );
}

function DayHours({ effective, types }: { effective: Effective; types: readonly VisitType[] }) {
  const { t } = useTranslation('schedule');
  if (effective.why === 'leave') return <span>{t('on.leave')}</span>;
  if (effective.why === 'holiday') return <span>{t('on.holiday', { name: effective.name })}</span>;
  return (
    <>
      {effective.why === 'date' && <small>{t('on.date')}</small>}
      {effective.hours.length === 0 ? (
        <span>{t('closed')}</span>
      ) : (
        <Stack component="ul" spacing={0.75} sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {effective.hours.map((hours) => (
            <Block key={hours.opens}>
              <time>
                {hours.opens.slice(0, 5)}–{hours.closes.slice(0, 5)}
              </time>
              <small>
                <Limits hours={hours} types={types} />
              </small>
            </Block>
          ))}
        </Stack>
      )}
    </>
  );
}

/** How long a slot is, and what else a stretch is for. */
export function Limits({ hours, types }: { hours: Hours; types: readonly VisitType[] }) {
  const { t } = useTranslation('schedule');
  return (
    <>
      {[
        t('minutes', { count: hours.slot_minutes }),
        ...hours.modes.map((mode) => t(`mode.${mode}`)),
        ...types.filter(({ id }) => hours.visit_types.includes(id)).map(({ name }) => name),
      ].join(' · ')}
    </>
  );
}
