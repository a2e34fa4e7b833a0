import Button, { type ButtonProps } from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import { type ReactNode, useId, useState } from 'react';

/** A button that opens a form over the page. The form is made anew each time it is opened. */
export function FormDialog(props: {
  /** What the button says. */
  does: string;
  /** What the button does, for who hears it among others of its name. */
  label?: string;
  title: string;
  variant?: ButtonProps['variant'];
  color?: ButtonProps['color'];
  size?: 'xs' | 'sm' | 'md';
  /** The form, and how it closes itself when it is done. */
  children: (close: () => void) => ReactNode;
}) {
  const { does, label, title, variant = 'outlined', color = 'primary', size = 'sm' } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const close = () => setOpen(false);
  return (
    <>
      <Button variant={variant} color={color} aria-label={label} onClick={() => setOpen(true)}>
        {does}
      </Button>
      <Dialog open={open} onClose={close} aria-labelledby={id} fullWidth maxWidth={size}>
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          <Stack sx={{ pt: 1 }}>{props.children(close)}</Stack>
        </DialogContent>
      </Dialog>
    </>
  );
}
