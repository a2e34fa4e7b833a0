import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { claimsOf } from '@/api/signed';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { SignedDocument } from '@/patterns/SignedDocument';
import { receiptQuery } from './queries';

/** The receipt of what was last decided: fetched when it is wanted, because a read is recorded. */
export function Receipt({ id, version }: { id: string; version: number }) {
  const { t } = useTranslation('consent');
  const [wanted, setWanted] = useState(false);
  return (
    <Stack component="section" spacing={1.5} sx={{ alignItems: 'flex-start' }}>
      <Typography variant="h2">{t('receipt.title')}</Typography>
      <Typography color="text.secondary">{t('receipt.text')}</Typography>
      {wanted ? (
        <Paper sx={{ p: 2, width: '100%' }}>
          <Fetched key={version} id={id} />
        </Paper>
      ) : (
        <Button variant="outlined" onClick={() => setWanted(true)}>
          {t('receipt.get')}
        </Button>
      )}
    </Stack>
  );
}

function Fetched({ id }: { id: string }) {
  const { t } = useTranslation('consent');
  const written = useWritten();
  const receipt = useQuery(receiptQuery(id));
  return (
    <Loaded query={receipt} lines={2}>
      {({ receipt: signed }) => {
        const { status, statusAt, logPosition } = claimsOf(signed);
        const state = String(status).toLowerCase() as 'granted';
        return (
          <Stack spacing={2}>
            <Facts
              of={[
                [t('fact.state'), t(`state.${state}`)],
                [t('receipt.decided'), written.moment(String(statusAt))],
                [t('receipt.position'), written.number(Number(logPosition))],
              ]}
            />
            <SignedDocument signed={signed} file={`consent-${id}.jws`} />
          </Stack>
        );
      }}
    </Loaded>
  );
}
