import Button from '@mui/material/Button';
import Snackbar from '@mui/material/Snackbar';
import { useTranslation } from 'react-i18next';
import { type Snack, said } from './say';
import { Themed } from './Themed';

/** For how long something is said, in ms; what can be undone, for longer. */
const SHORT = 5_000;
const LONG = 10_000;

interface Props {
  snack: Snack;
}

/** Where it is said that something was done. */
export default function Snacks(props: Props) {
  return (
    <Themed>
      <Said {...props} />
    </Themed>
  );
}

function Said({ snack }: Props) {
  const { t } = useTranslation('app');
  // What is said by now may be another.
  const close = () => said.setState((now) => (now?.id === snack.id ? undefined : now));
  const undo = snack.undo && (
    <Button
      color="inherit"
      onClick={() => {
        snack.undo?.();
        close();
      }}
    >
      {t('undo')}
    </Button>
  );
  return (
    <Snackbar
      key={snack.id}
      open
      autoHideDuration={snack.undo ? LONG : SHORT}
      onClose={(_, reason) => reason !== 'clickaway' && close()}
      message={snack.text}
      action={undo}
      sx={{ bottom: { xs: 84, md: 24 } }}
    />
  );
}
