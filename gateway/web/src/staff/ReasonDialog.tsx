import { useTranslation } from 'react-i18next';
import { saying } from '@/app/say';
import { Choice } from '@/patterns/choices';
import { FormDialog } from '@/patterns/FormDialog';
import { Form, useCommandForm } from '@/patterns/form';

export const WHY_TAKEN = ['left-the-hospital', 'other-work', 'given-by-mistake', 'other'] as const;
export const WHY_TAKEN_ANYWHERE = ['left-the-network', ...WHY_TAKEN] as const;
export const WHY_DISABLED = ['left-the-hospital', 'misuse', 'account-stolen', 'other'] as const;
export const WHY_REMOVED = ['telephone-lost', 'key-lost', 'codes-lost', 'other'] as const;

/** Why somebody loses something: a code that is kept with it. */
export type Why = (typeof WHY_TAKEN_ANYWHERE | typeof WHY_DISABLED | typeof WHY_REMOVED)[number];

interface Props {
  readonly does: string;
  /** What the button does, among others of its name. */
  readonly label?: string;
  /** What it means. */
  readonly text: string;
  readonly reasons: readonly Why[];
  readonly send: (reason: string) => Promise<unknown>;
  readonly done: string;
}

/** Something that takes power from somebody: what it means, and why it is done. */
export function ReasonDialog(props: Props) {
  const { does, label } = props;
  return (
    <FormDialog
      does={does}
      {...(label && { label })}
      title={label ?? does}
      color="error"
      variant="text"
      size="xs"
    >
      {(close) => <ReasonForm {...props} close={close} />}
    </FormDialog>
  );
}

function ReasonForm({ does, text, reasons, send, done, close }: Props & { close: () => void }) {
  const { t } = useTranslation('staff');
  const form = useCommandForm({
    values: { reason: '' },
    send: ({ reason }) => send(reason),
    done: saying(done, close),
  });
  return (
    <Form of={form} submit={does} color="error">
      <p>{text}</p>
      <Choice
        name="reason"
        label={t('why')}
        none={t('choose')}
        options={reasons.map((reason) => [reason, t(`reason.${reason}`)] as const)}
      />
    </Form>
  );
}
