import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answered, api } from '@/api/client';
import { Field, Form, useCommandForm } from '@/patterns/form';
import { Page } from '@/patterns/Page';
import { CertificateView } from './CertificateView';
import { collectRoute } from './pages';
import type { Certificate } from './queries';

/** The certificate of an erasure for whoever can sign in no more because of it. */
export function CollectPage() {
  const { t } = useTranslation('erasure');
  const { id } = collectRoute.useParams();
  const [certificate, setCertificate] = useState<Certificate>();
  const form = useCommandForm<{ code: string }, Certificate>({
    values: { code: '' },
    send: ({ code }) =>
      answered(
        api.POST('/v1/erasures/{id}/certificate', {
          params: { path: { id } },
          body: { code: code.trim() },
        }),
      ),
    done: setCertificate,
  });
  return (
    <Page title={t('certificate.title')}>
      {certificate ? (
        <CertificateView certificate={certificate} />
      ) : (
        <Form of={form} submit={t('certificate.get')}>
          <Typography>{t('collect.text')}</Typography>
          <Field name="code" label={t('collect.code')} autoComplete="off" />
        </Form>
      )}
    </Page>
  );
}
