import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { AskErasure } from './AskErasure';
import { CertificateCode } from './CertificateCode';
import { ErasureView } from './ErasureView';
import { erasuresOfQuery, isOpen } from './queries';

/** Delete me: what it means, and where a request stands. */
export function ErasurePage() {
  const { t } = useTranslation('erasure');
  const patient = usePatient();
  const erasures = useQuery(erasuresOfQuery(patient));
  const [code, setCode] = useState<{ id: string; code: string }>();
  return (
    <Page title={t('title')}>
      <Loaded query={erasures} lines={3}>
        {(all) => {
          const open = all.find(isOpen);
          const over = all.filter((one) => !isOpen(one));
          return (
            <Stack spacing={3}>
              {code && open?.id === code.id && <CertificateCode {...code} />}
              {open ? (
                <ErasureView erasure={open} />
              ) : (
                <AskErasure patient={patient} done={(id, code) => setCode({ id, code })} />
              )}
              {over.length > 0 && (
                <details>
                  <Typography component="summary" sx={{ minHeight: 44, py: 1, cursor: 'pointer' }}>
                    {t('earlier', { count: over.length })}
                  </Typography>
                  <Stack spacing={3}>
                    {over.map((erasure) => (
                      <ErasureView key={erasure.id} erasure={erasure} />
                    ))}
                  </Stack>
                </details>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
