import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { doctorQuery } from '@/doctor/queries';
import { hospitalQuery } from '@/hospital/queries';
import { useWritten } from '@/i18n/written';
import { Empty } from '@/patterns/Empty';
import { Loaded } from '@/patterns/Loaded';
import { More } from '@/patterns/More';
import { type Slot, slotsQuery, type Wish } from './queries';

/** How many slots of each doctor are shown, and how many more whenever one asks for more. */
const SHOWN = 6;

/** Free slots that fit, by doctor; whoever is free first is first. Of one doctor, all of them. */
export function SlotList(props: {
  wish: Wish;
  from: string;
  choose: (slot: Slot) => void;
  narrow: (doctor: string) => void;
}) {
  const { wish, from, choose, narrow } = props;
  const { t } = useTranslation('slot');
  const found = useInfiniteQuery(slotsQuery(wish, from));
  return (
    <Loaded query={found} lines={4}>
      {({ pages }) => {
        const doctors = grouped(
          pages.flatMap(({ items }) => items),
          ({ doctor }) => doctor,
        );
        if (doctors.length === 0) {
          return <Empty action={<Link to="/waitlist">{t('wait')}</Link>}>{t('none')}</Empty>;
        }
        const several = wish.doctor === undefined;
        const most = several ? SHOWN * pages.length : undefined;
        const isCut = ({ length }: Slot[]) =>
          several && (length > SHOWN * pages.length || found.hasNextPage);
        return (
          <Stack spacing={2}>
            {doctors.map(([doctor, slots]) => (
              <DoctorSlots
                key={doctor}
                doctor={doctor}
                slots={slots.slice(0, most)}
                choose={choose}
                {...(isCut(slots) && { all: () => narrow(doctor) })}
              />
            ))}
            <More query={found} />
            <Link to="/waitlist">{t('wait')}</Link>
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** Slots in groups, each where its first one is. */
function grouped(slots: readonly Slot[], by: (slot: Slot) => string): [string, Slot[]][] {
  const groups = new Map<string, Slot[]>();
  for (const slot of slots) groups.set(by(slot), [...(groups.get(by(slot)) ?? []), slot]);
  return [...groups];
}

function DoctorSlots(props: {
  doctor: string;
  slots: Slot[];
  choose: (slot: Slot) => void;
  /** Shows those that are left out, if any may be. */
  all?: () => void;
}) {
  const { slots, choose, all } = props;
  const { t } = useTranslation('slot');
  const written = useWritten();
  const doctor = useQuery(doctorQuery(props.doctor)).data;
  // Slots are in the hospital's time, so without it none can be named.
  const found = useQuery(hospitalQuery(slots[0]?.hospital ?? ''));
  const hospital = found.data;
  const department = hospital?.departments.find(({ id }) => id === doctor?.department);
  const same = department?.name.toLowerCase() === department?.specialty.toLowerCase();
  const where = [department?.name, !same && department?.specialty, hospital?.name];
  return (
    <Paper component="section" sx={{ p: 2 }}>
      <Typography variant="h2">{doctor?.name ?? t('doctor')}</Typography>
      <Typography color="textSecondary" variant="body2">
        {where.filter(Boolean).join(' · ')}
      </Typography>
      <Loaded query={found} lines={1}>
        {({ time_zone }) => (
          <Stack sx={{ gap: 1.5, mt: 1.5 }}>
            {grouped(slots, (slot) => written.day(slot.starts_at, time_zone)).map(
              ([day, ofDay]) => (
                <div key={day}>
                  <Typography variant="body2" sx={{ fontWeight: 600, mb: 0.5 }}>
                    {day}
                  </Typography>
                  <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
                    {ofDay.map((slot) => (
                      <Button
                        key={slot.starts_at}
                        variant="outlined"
                        aria-label={written.moment(slot.starts_at, time_zone)}
                        onClick={() => choose(slot)}
                      >
                        {written.time(slot.starts_at, time_zone)}
                      </Button>
                    ))}
                  </Stack>
                </div>
              ),
            )}
            {all && (
              <Button sx={{ alignSelf: 'flex-start' }} onClick={all}>
                {t('all', { doctor: doctor?.name ?? t('doctor') })}
              </Button>
            )}
          </Stack>
        )}
      </Loaded>
    </Paper>
  );
}
