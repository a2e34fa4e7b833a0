import Button, { type ButtonProps } from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import { type QueryKey, useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './Failure';

/**
 * A button that says first what will happen, and does it when that is wanted. It isn't dismissed
 * while it does it, so that a failure is seen.
 */
export function Confirm(props: {
  /** What the button says, and the one in the dialog that does it. */
  does: string;
  /** What will happen, in a few words. */
  title: string;
  /** What that means: costs, what can't be undone. */
  children: ReactNode;
  send: () => Promise<unknown>;
  done?: () => void;
  /** What it has one read no more. */
  ends?: readonly QueryKey[];
  color?: ButtonProps['color'];
  variant?: ButtonProps['variant'];
}) {
  const { does, title, children, color = 'primary', variant = 'outlined' } = props;
  const { t } = useTranslation('patterns');
  const [open, setOpen] = useState(false);
  const id = useId();
  const command = useMutation({
    mutationFn: props.send,
    ...(props.ends && { meta: { ends: props.ends } }),
    onSuccess() {
      setOpen(false);
      props.done?.();
    },
  });
  return (
    <>
      <Button
        variant={variant}
        color={color}
        onClick={() => {
          command.reset();
          setOpen(true);
        }}
      >
        {does}
      </Button>
      <Dialog
        open={open}
        onClose={() => command.isPending || setOpen(false)}
        aria-labelledby={id}
        fullWidth
        maxWidth="xs"
      >
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          <Stack spacing={2}>
            <div>{children}</div>
            {command.isError && <Failure error={command.error} />}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button disabled={command.isPending} onClick={() => setOpen(false)}>
            {t('confirm.back')}
          </Button>
          <Button
            variant="contained"
            color={color}
            loading={command.isPending}
            onClick={() => command.mutate()}
          >
            {does}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
