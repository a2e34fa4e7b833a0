import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { styled } from '@mui/material/styles';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Themed } from '@/app/Themed';
import { useWritten } from '@/i18n/written';
import { focused } from '@/patterns/focused';
import { Note } from '@/patterns/Note';
import { refresh } from './tokens';
import { useSignOut } from './useSignOut';

interface Props {
  end: number;
  last: boolean;
}

/** At the foot of the page, above the navigation of a phone or beside it, over nothing at its end. */
const Foot = styled('div')(({ theme }) => ({
  gridColumn: '1 / -1',
  position: 'sticky',
  bottom: 72,
  zIndex: 1,
  background: theme.palette.background.paper,
  [theme.breakpoints.up('md')]: { gridColumn: 2, bottom: 0 },
}));

/** The session is about to end. The last time can't be put off, only the dialog put away. */
export default function SessionWarning(props: Props) {
  return (
    <Themed>
      <Warning {...props} />
    </Themed>
  );
}

function Warning({ end, last }: Props) {
  const { t } = useTranslation('session');
  const written = useWritten();
  const signOut = useSignOut();
  const [away, setAway] = useState(false);
  const time = written.time(new Date(end).toISOString());
  const putAway = () => setAway(true);
  if (last && away) {
    return (
      <Foot>
        <Note tone="warning" role="status">
          {t('end.soon', { time })}
        </Note>
      </Foot>
    );
  }
  return (
    <Dialog open {...(last && { onClose: putAway })} aria-labelledby="session-end">
      <DialogTitle id="session-end">{t(last ? 'end.over' : 'end.title')}</DialogTitle>
      <DialogContent>
        <DialogContentText>{t(last ? 'end.last' : 'end.idle', { time })}</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={() => signOut.mutate()}>{t('out.now')}</Button>
        <Button
          variant="contained"
          ref={focused}
          onClick={last ? putAway : () => void refresh().catch(() => undefined)}
        >
          {t(last ? 'end.on' : 'end.stay')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
