import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import { useTranslation } from 'react-i18next';
import { Themed } from '@/app/Themed';
import { useWritten } from '@/i18n/written';
import { focused } from '@/patterns/focused';
import { refresh } from './tokens';
import { useSignOut } from './useSignOut';

interface Props {
  end: number;
  last: boolean;
}

/** The session is about to end. The last time can't be put off. */
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
  const time = written.time(new Date(end).toISOString());
  return (
    <Dialog open aria-labelledby="session-end">
      <DialogTitle id="session-end">{t('end.title')}</DialogTitle>
      <DialogContent>
        <DialogContentText>{t(last ? 'end.last' : 'end.idle', { time })}</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={() => signOut.mutate()}>{t('out.now')}</Button>
        {!last && (
          <Button
            variant="contained"
            ref={focused}
            onClick={() => void refresh().catch(() => undefined)}
          >
            {t('end.stay')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
