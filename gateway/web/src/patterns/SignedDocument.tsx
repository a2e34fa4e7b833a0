import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { check, KEYS, signingKeys } from '@/api/signed';
import { Failure } from './Failure';
import { Note } from './Note';
import { save } from './save';

const TONES = {
  good: 'success',
  bad: 'error',
  'unknown-key': 'warning',
  'no-means': 'warning',
} as const;

/** A document that the platform has signed: take it away, check it here, and how others can. */
export function SignedDocument({ signed, file }: { signed: string; file: string }) {
  const { t } = useTranslation('patterns');
  const checked = useMutation({ mutationFn: async () => check(signed, await signingKeys()) });
  return (
    <Stack spacing={1.5}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
        <Button
          variant="outlined"
          onClick={() => save(file, new Blob([signed], { type: 'application/jose' }))}
        >
          {t('signed.save')}
        </Button>
        <Button loading={checked.isPending} onClick={() => checked.mutate()}>
          {t('signed.check')}
        </Button>
      </Stack>
      {checked.isError && <Failure error={checked.error} />}
      {checked.data && (
        <Note tone={TONES[checked.data]} role="status">
          {t(`signed.${checked.data}`)}
        </Note>
      )}
      <Typography variant="body2" color="text.secondary" sx={{ overflowWrap: 'anywhere' }}>
        {t('signed.how', { address: `${location.origin}${KEYS}` })}
      </Typography>
    </Stack>
  );
}
