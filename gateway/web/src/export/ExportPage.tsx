import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { usePatient } from '@/app/patient';
import { useWritten } from '@/i18n/written';
import { Loaded } from '@/patterns/Loaded';
import { Page } from '@/patterns/Page';
import { Table } from '@/patterns/Table';
import { AskForm } from './AskForm';
import { CopyCard } from './CopyCard';
import { type Export, type ExportState, exportsQuery, isOpen } from './queries';

/** A copy of everything that is held about a patient: ask for it, follow it, fetch it. */
export function ExportPage() {
  const { t } = useTranslation('export');
  const patient = usePatient();
  const copies = useQuery(exportsQuery(patient));
  return (
    <Page title={t('title')}>
      <Typography>{t('text')}</Typography>
      <Loaded query={copies} lines={2}>
        {(all) => {
          const open = all.filter(isOpen);
          const over = all.filter((one) => !isOpen(one));
          return (
            <Stack spacing={2.5}>
              {open.length === 0 && <AskForm patient={patient} />}
              {open.map((copy) => (
                <CopyCard key={copy.id} copy={copy} />
              ))}
              {over.length > 0 && <Earlier copies={over} />}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Earlier({ copies }: { copies: readonly Export[] }) {
  const { t } = useTranslation('export');
  const written = useWritten();
  return (
    <Table
      caption={t('earlier')}
      rows={copies}
      id={({ id }) => id}
      columns={[
        { name: t('asked'), cell: ({ requested_at }) => written.moment(requested_at) },
        { name: t('state_name'), cell: ({ state }) => t(`state.${state as ExportState}`) },
      ]}
    />
  );
}
