import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loaded } from '@/patterns/Loaded';
import { CertificateView } from './CertificateView';
import { certificateQuery } from './queries';

/** The certificate of what was erased, fetched when it is wanted. */
export function CertificateOf({ id }: { id: string }) {
  const { t } = useTranslation('erasure');
  const [wanted, setWanted] = useState(false);
  const certificate = useQuery({ ...certificateQuery(id), enabled: wanted });
  return (
    <Stack spacing={1.5} sx={{ alignItems: 'flex-start' }}>
      <Typography variant="h2">{t('certificate.title')}</Typography>
      {wanted ? (
        <Paper sx={{ p: 2, width: '100%' }}>
          <Loaded query={certificate} lines={2}>
            {(it) => <CertificateView certificate={it} />}
          </Loaded>
        </Paper>
      ) : (
        <Button variant="outlined" onClick={() => setWanted(true)}>
          {t('certificate.get')}
        </Button>
      )}
    </Stack>
  );
}
