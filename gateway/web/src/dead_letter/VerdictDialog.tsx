import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { api } from '@/api/client';
import { say } from '@/app/say';
import { FormDialog } from '@/patterns/FormDialog';
import { Field, Form, useCommandForm } from '@/patterns/form';
import type { DeadLetter } from './queries';

interface Props {
  readonly letter: DeadLetter;
  readonly verdict: 'retry' | 'skip';
}

/** Has what waits tried again or passed over: what that means, and why it is done. */
export function VerdictDialog({ letter, verdict }: Props) {
  const { t } = useTranslation('dead_letter');
  const { consumer, stream } = letter;
  return (
    <FormDialog
      does={t(`${verdict}.go`)}
      label={t(`${verdict}.label`, { consumer, stream })}
      title={t(`${verdict}.title`)}
      variant="text"
      color={verdict === 'skip' ? 'error' : 'primary'}
    >
      {(close) => <VerdictForm letter={letter} verdict={verdict} close={close} />}
    </FormDialog>
  );
}

function VerdictForm({ letter, verdict, close }: Props & { close: () => void }) {
  const { t } = useTranslation('dead_letter');
  const { consumer, stream, position } = letter;
  const form = useCommandForm({
    values: { reason: '' },
    send: ({ reason }) => {
      const body = { consumer, stream, position, reason };
      return verdict === 'retry'
        ? api.POST('/v1/dead-letters/retry', { body })
        : api.POST('/v1/dead-letters/skip', { body });
    },
    done: () => {
      say({ text: t(`${verdict}.done`) });
      close();
    },
  });
  return (
    <Form of={form} submit={t(`${verdict}.go`)} color={verdict === 'skip' ? 'error' : 'primary'}>
      <Typography>{t(`${verdict}.text`)}</Typography>
      <Field name="reason" label={t('reason.label')} helperText={t('reason.hint')} />
    </Form>
  );
}
