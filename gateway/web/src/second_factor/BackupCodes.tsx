import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { styled } from '@mui/material/styles';
import { useTranslation } from 'react-i18next';
import { Note } from '@/patterns/Note';

const Codes = styled('ul')({
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fill, minmax(9rem, 1fr))',
  gap: '0.5rem 1.5rem',
  listStyle: 'none',
  margin: '1rem 0',
  padding: 0,
  fontFamily: 'ui-monospace, monospace',
  fontSize: '1.05rem',
});

/** New backup codes, which are shown this once. */
export function BackupCodes({ codes, done }: { codes: readonly string[]; done: () => void }) {
  const { t } = useTranslation('second_factor');
  return (
    <Note tone="info" role="status">
      <p>
        <strong>{t('backup.title')}</strong>
      </p>
      <p>{t('backup.once')}</p>
      <Codes>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </Codes>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
        <Button
          variant="outlined"
          onClick={() => void navigator.clipboard.writeText(codes.join('\n'))}
        >
          {t('backup.copy')}
        </Button>
        <Button variant="contained" onClick={done}>
          {t('backup.kept')}
        </Button>
      </Stack>
    </Note>
  );
}
