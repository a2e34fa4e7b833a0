import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { type Appointment, appointmentQuery } from '@/appointment/queries';
import { instantIn, today } from '@/i18n/days';
import { beginHere, later, todayHere } from '@/i18n/here';
import { useWritten } from '@/i18n/written';
import { focused } from '@/patterns/focused';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { Row } from '@/patterns/Row';
import { BookForm } from './BookForm';
import { FirstDay } from './FirstDay';
import type { Slot, Wish } from './queries';
import { Search } from './Search';
import { SlotList } from './SlotList';

const route = getRouteApi('/inside/book');

/** Finds a free slot and books it, or moves a visit there. */
export function BookPage() {
  const { t } = useTranslation('slot');
  const { move } = route.useSearch();
  return (
    <Page title={t(move ? 'move.title' : 'title')}>
      {move ? <Moving id={move} /> : <Booking wish={{ mode: 'in_person' }} />}
      {move && (
        <Link to="/visits/$id" params={{ id: move }}>
          {t('move.back')}
        </Link>
      )}
    </Page>
  );
}

function Moving({ id }: { id: string }) {
  const visit = useQuery(appointmentQuery(id, usePatient()));
  return <Loaded query={visit}>{(found) => <Move visit={found} />}</Loaded>;
}

function Move({ visit }: { visit: Appointment }) {
  const { t } = useTranslation('slot');
  const written = useWritten();
  const time = written.moment(visit.starts_at, visit.time_zone);
  const wish = {
    doctor: visit.doctor,
    mode: visit.mode,
    ...(visit.visit_type && { visit_type: visit.visit_type }),
  };
  return (
    <>
      <Typography>{t('move.from', { time })}</Typography>
      <Booking visit={visit} wish={wish} />
    </>
  );
}

function Booking(props: { visit?: Appointment; wish: Wish }) {
  const { visit } = props;
  const { t } = useTranslation('slot');
  const [wish, setWish] = useState(props.wish);
  const [slot, setSlot] = useState<Slot>();
  // Asked once, so that what is shown doesn't move while it is read.
  const [now] = useState(() => new Date().toISOString());
  const zone = visit?.time_zone;
  const [first] = useState(() => (zone ? today(zone) : todayHere()));
  const [day, setDay] = useState(first);
  if (slot !== undefined) {
    return (
      <BookForm
        slot={slot}
        mode={wish.mode}
        {...(visit && { visit })}
        back={() => setSlot(undefined)}
      />
    );
  }
  const from = later(now, zone ? instantIn(day, '00:00', zone) : beginHere(day));
  const { doctor, ...others } = wish;
  const days = <FirstDay day={day} first={first} pick={setDay} />;
  return (
    <>
      {visit ? (
        <Row>{days}</Row>
      ) : (
        <Search wish={wish} change={setWish}>
          {days}
        </Search>
      )}
      {!visit && doctor && (
        // What was pressed to come here is gone, and with it the focus.
        <Button ref={focused} sx={{ alignSelf: 'flex-start' }} onClick={() => setWish(others)}>
          {t('doctors')}
        </Button>
      )}
      <SlotList
        wish={wish}
        from={from}
        choose={setSlot}
        narrow={(chosen) => setWish({ ...wish, doctor: chosen })}
      />
    </>
  );
}
