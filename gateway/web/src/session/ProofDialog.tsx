import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { Themed } from '@/app/Themed';
import { Loaded } from '@/patterns/Loaded';
import { type Factors as Own, secondFactorsQuery } from '@/second_factor/queries';
import { type Asks, Factors, type Method } from './Factors';
import { useAccess } from './store';

interface Props {
  answer: (proven: boolean) => void;
}

/** Asks somebody to show again who they are, before something that can do harm. */
export default function ProofDialog(props: Props) {
  return (
    <Themed>
      <Dialogue {...props} />
    </Themed>
  );
}

function Dialogue({ answer }: Props) {
  const { t } = useTranslation('session');
  const own = useQuery(secondFactorsQuery(useAccess().person));
  return (
    <Dialog open onClose={() => answer(false)} aria-labelledby="proof" fullWidth maxWidth="xs">
      <DialogTitle id="proof">{t('proof.title')}</DialogTitle>
      <DialogContent>
        <Stack spacing={2}>
          <Typography>{t('proof.text')}</Typography>
          <Loaded query={own} lines={1}>
            {(factors) => <Factors asks={asksFor(methodsOf(factors), answer)} />}
          </Loaded>
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={() => answer(false)}>{t('proof.not')}</Button>
      </DialogActions>
    </Dialog>
  );
}

/** With what they can show it: whoever has a second factor shows that, others the password. */
function methodsOf(own: Own): Method[] {
  if (!own.on) return ['password'];
  const strong = own.totp || own.passkeys.length > 0;
  return [
    ...(own.passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(own.totp ? (['totp'] as const) : []),
    ...(own.mail && !strong ? (['mail'] as const) : []),
    ...(own.sms && !strong ? (['sms'] as const) : []),
    ...(own.backup_codes_left > 0 ? (['backup_code'] as const) : []),
  ];
}

function asksFor(methods: readonly Method[], answer: Props['answer']): Asks {
  return {
    methods,
    send: (by) =>
      by === 'sms'
        ? answered(api.POST('/v1/me/session/proof/sms'))
        : answered(api.POST('/v1/me/session/proof/mail')),
    question: () => answered(api.POST('/v1/me/session/proof/passkey')),
    take: async (shown) => {
      await answered(api.POST('/v1/me/session/proof', { body: shown }));
      // At once: what is read anew after a command may be what waits for this proof.
      answer(true);
    },
  };
}
