import Button from '@mui/material/Button';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import type { components } from '@/api/schema';
import { say } from '@/app/say';
import { Themed } from '@/app/Themed';
import { doctorQuery } from '@/doctor/queries';
import { useWritten } from '@/i18n/written';
import { Failure } from '@/patterns/Failure';
import { Note } from '@/patterns/Note';
import type { Entry } from './queries';

type OfferOut = components['schemas']['OfferOut'];

interface Props {
  entry: Entry;
  offer: OfferOut;
}

/** A slot that has become free and is held for the patient, and for how long. */
export default function Offer(props: Props) {
  return (
    <Themed>
      <Held {...props} />
    </Themed>
  );
}

function Held({ entry, offer }: Props) {
  const { t } = useTranslation('waitlist');
  const written = useWritten();
  const navigate = useNavigate();
  const doctor = useQuery(doctorQuery(offer.doctor)).data;
  const left = useLeft(offer.until);
  const command = { params: { path: { id: entry.id } }, body: { appointment: offer.appointment } };
  const accept = useMutation({
    mutationFn: () => answered(api.POST('/v1/waitlist/{id}/accept', command)),
    onSuccess: ({ id }) => navigate({ to: '/visits/$id', params: { id } }),
  });
  const decline = useMutation({
    mutationFn: () => answered(api.POST('/v1/waitlist/{id}/decline', command)),
    onSuccess: () => say({ text: t('offer.declined') }),
  });
  const error = accept.error ?? decline.error;
  const actions = (
    <>
      <Button loading={decline.isPending} onClick={() => decline.mutate()}>
        {t('offer.decline')}
      </Button>
      <Button variant="contained" loading={accept.isPending} onClick={() => accept.mutate()}>
        {t('offer.accept')}
      </Button>
    </>
  );
  return (
    <Note tone="success" role="status" actions={left > 0 && actions}>
      <p>
        <strong>{t('offer.title')}</strong>
      </p>
      <p>
        {[doctor?.name, written.moment(offer.starts_at, entry.time_zone)]
          .filter(Boolean)
          .join(', ')}
      </p>
      <p aria-live="off">{left > 0 ? t('offer.left', { time: clock(left) }) : t('offer.over')}</p>
      {error && <Failure error={error} />}
    </Note>
  );
}

/** How many seconds are left until an instant; counts down. */
function useLeft(until: string): number {
  const left = () => Math.max(0, Math.floor((Date.parse(until) - Date.now()) / 1000));
  const [seconds, set] = useState(left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is counted anew for each instant.
  useEffect(() => {
    const timer = setInterval(() => set(left()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return seconds;
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
