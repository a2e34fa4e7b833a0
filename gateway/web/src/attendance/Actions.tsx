import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import type { Role } from '@/app/me';
import type { Appointment } from '@/appointment/queries';
import { Confirm } from '@/patterns/Confirm';
import { useDue } from '@/patterns/useDue';
import type { Step, useVisitCommand } from './useVisitCommand';

/** How long before its time a visit by video or telephone may begin, in ms. */
const REMOTE_LEAD = 15 * 60_000;

/** What can be done with a visit now, by who is looking. */
export function Actions(props: {
  visit: Appointment;
  roles: readonly Role[];
  command: ReturnType<typeof useVisitCommand>;
}) {
  const { visit, roles, command } = props;
  const { t } = useTranslation('attendance');
  const starts = Date.parse(visit.starts_at);
  const due = useDue(starts);
  const near = useDue(starts - REMOTE_LEAD);
  const desk = roles.includes('receptionist');
  if (!desk && !roles.includes('doctor')) return null;
  const pending = (step: Step) =>
    command.isPending && command.variables.visit.id === visit.id && command.variables.step === step;
  const button = (step: Step, variant: 'contained' | 'outlined') => (
    <Button
      size="small"
      variant={variant}
      loading={pending(step)}
      onClick={() => command.mutate({ visit, step })}
    >
      {t(`do.${step}`)}
    </Button>
  );
  const booked = visit.status === 'booked';
  const waits = visit.status === 'checked_in';
  // Nobody comes to the desk for a call.
  const called = booked && visit.mode !== 'in_person' && near;
  return (
    <Stack
      direction="row"
      sx={{ gap: 1, flexWrap: { xs: 'wrap', sm: 'nowrap' }, whiteSpace: 'nowrap' }}
    >
      {booked && desk && button('check-in', 'outlined')}
      {(waits || called) && button('start', 'contained')}
      {(booked || waits) && due && (
        <Confirm
          does={t('do.no-show')}
          title={t('missed.title')}
          variant="text"
          color="error"
          send={() => command.mutateAsync({ visit, step: 'no-show' })}
        >
          {t('missed.text')}
        </Confirm>
      )}
      {visit.status === 'in_progress' && button('complete', 'contained')}
    </Stack>
  );
}
