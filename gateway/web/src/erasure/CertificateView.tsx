import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { SignedDocument } from '@/patterns/SignedDocument';
import type { Certificate, Certified } from './queries';

/** What a certificate says, and how it is checked. */
export function CertificateView({ certificate }: { certificate: Certificate }) {
  const { t } = useTranslation('erasure');
  const written = useWritten();
  const said = certificate.document as Certified;
  return (
    <Stack spacing={2}>
      <Typography>{t('certificate.text')}</Typography>
      <Facts
        of={[
          ...said.erased.map(
            ({ category, at }) =>
              [t(`category.${category}`), t('erased', { time: written.moment(at) })] as const,
          ),
          ...said.kept.map(
            ({ category, not_before, source }) =>
              [
                t(`category.${category}`),
                [t('not_before', { day: written.day(not_before) }), source]
                  .filter(Boolean)
                  .join(' · '),
              ] as const,
          ),
          [t('certificate.log'), written.number(said.log.tree_size)],
        ]}
      />
      <SignedDocument signed={certificate.signed} file={`erasure-${certificate.id}.jws`} />
    </Stack>
  );
}
