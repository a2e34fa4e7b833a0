import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { say } from '@/app/say';
import { Note } from '@/patterns/Note';

/** The code of a certificate, shown this once: with it one gets proof when one can sign in no more. */
export function CertificateCode({ id, code }: { id: string; code: string }) {
  const { t } = useTranslation('erasure');
  const router = useRouter();
  const { pathname } = router.buildLocation({ to: '/certificates/$id', params: { id } });
  const address = `${location.origin}${pathname}`;
  const copy = async () => {
    await navigator.clipboard.writeText(`${address}\n${code}`);
    say({ text: t('code.copied') });
  };
  return (
    <Note
      tone="success"
      role="status"
      actions={<Button onClick={() => void copy()}>{t('code.copy')}</Button>}
    >
      <Typography sx={{ fontWeight: 600 }}>{t('code.title')}</Typography>
      <Typography>{t('code.text')}</Typography>
      <Typography>{address}</Typography>
      <Typography component="p" sx={{ fontFamily: 'monospace', fontSize: '1.1rem' }}>
        {code}
      </Typography>
    </Note>
  );
}
