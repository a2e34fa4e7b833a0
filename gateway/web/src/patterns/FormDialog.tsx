import Button, { type ButtonProps } from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import { type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { Surrounding } from './held';

/**
 * A button that opens a form over the page. The form is made anew each time it is opened, has a way
 * back beside what sends it, and isn't dismissed while its command runs.
 */
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
  const held = useRef(false);
  const around = useMemo(
    () => ({
      close: () => setOpen(false),
      hold(now: boolean) {
        held.current = now;
      },
    }),
    [],
  );
  return (
    <>
      <Button variant={variant} color={color} aria-label={label} onClick={() => setOpen(true)}>
        {does}
      </Button>
      <Dialog
        open={open}
        onClose={() => held.current || around.close()}
        aria-labelledby={id}
        fullWidth
        maxWidth={size}
      >
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          <Stack sx={{ pt: 1 }}>
            <Surrounding.Provider value={around}>
              {props.children(around.close)}
            </Surrounding.Provider>
          </Stack>
        </DialogContent>
      </Dialog>
    </>
  );
}
