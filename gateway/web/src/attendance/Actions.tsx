import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import type { Role } from '@/app/roles';
import type { Appointment } from '@/appointment/queries';
import { Confirm } from '@/patterns/Confirm';
import type { Step, useVisitCommand } from './useVisitCommand';

/** What can be done with a visit now, by who is looking. */
export function Actions(props: {
  visit: Appointment;
  roles: readonly Role[];
  command: ReturnType<typeof useVisitCommand>;
}) {
  const { visit, roles, command } = props;
  const { t } = useTranslation('attendance');
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
  const due = Date.parse(visit.starts_at) <= Date.now();
  return (
    <Stack
      direction="row"
      sx={{ gap: 1, flexWrap: { xs: 'wrap', sm: 'nowrap' }, whiteSpace: 'nowrap' }}
    >
      {visit.status === 'booked' && desk && button('check-in', 'outlined')}
      {visit.status === 'booked' && due && (
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
      {visit.status === 'checked_in' && button('start', 'contained')}
      {visit.status === 'in_progress' && button('complete', 'contained')}
    </Stack>
  );
}
