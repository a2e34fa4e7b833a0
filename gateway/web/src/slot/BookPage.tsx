import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { type Appointment, appointmentQuery } from '@/appointment/queries';
import { useWritten } from '@/i18n/written';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { BookForm } from './BookForm';
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
      {move ? <Moving id={move} /> : <Booking />}
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
  return (
    <>
      <Typography>{t('move.from', { time })}</Typography>
      <Booking visit={visit} wish={{ doctor: visit.doctor, mode: visit.mode }} />
    </>
  );
}

function Booking(props: { visit?: Appointment; wish?: Wish }) {
  const [wish, setWish] = useState<Wish>(props.wish ?? {});
  const [slot, setSlot] = useState<Slot>();
  // Asked once, so that what is shown doesn't move while it is read.
  const [from] = useState(() => new Date().toISOString());
  if (slot !== undefined) {
    return (
      <BookForm
        slot={slot}
        {...(wish.mode && { mode: wish.mode })}
        {...(props.visit && { visit: props.visit })}
        back={() => setSlot(undefined)}
      />
    );
  }
  return (
    <>
      {props.visit === undefined && <Search wish={wish} change={setWish} />}
      <SlotList wish={wish} from={from} choose={setSlot} />
    </>
  );
}
