import Stack from '@mui/material/Stack';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import { Table } from '@/patterns/Table';
import { Actor } from './Actor';
import type { Access } from './queries';

/** Accesses as they were recorded, the latest first. */
export function Timeline({ accesses, caption }: { accesses: readonly Access[]; caption: string }) {
  const { t } = useTranslation('access');
  return (
    <Table
      caption={caption}
      rows={accesses}
      id={({ id }) => id}
      columns={[
        { name: t('row.when'), cell: (row) => <When at={row.at} /> },
        { name: t('row.who'), cell: (row) => <Actor of={row} /> },
        {
          name: t('row.whose'),
          cell: ({ subject }) => (
            <Link to="/compliance/accesses" search={{ subject }} title={subject}>
              {ending(subject)}
            </Link>
          ),
        },
        { name: t('row.what'), cell: (row) => <What of={row} /> },
        { name: t('row.why'), cell: (row) => <Why of={row} /> },
      ]}
    />
  );
}

/** The end of an id: where two of them differ. */
export function ending(id: string): string {
  return `…${id.slice(-8)}`;
}

function When({ at }: { at: string }) {
  const written = useWritten();
  return (
    <span>
      <time dateTime={at}>{written.day(at)}</time>, <time dateTime={at}>{written.time(at)}</time>
    </span>
  );
}

function What({ of }: { of: Access }) {
  const { t } = useTranslation('access');
  const name = t(`resource.${of.resource}` as never, { defaultValue: of.resource });
  if (!of.denied) return <>{name}</>;
  return (
    <Stack spacing={0.5} sx={{ alignItems: 'flex-start' }}>
      <span>{name}</span>
      <Tag tone="error">{t('refused')}</Tag>
      {of.action && <code>{of.action}</code>}
    </Stack>
  );
}

function Why({ of }: { of: Access }) {
  const { t } = useTranslation('access');
  const purpose = of.purpose;
  return (
    <Stack spacing={0.5} sx={{ alignItems: 'flex-start' }}>
      {purpose && <span>{t(`purpose.${purpose}` as never, { defaultValue: purpose })}</span>}
      {of.consents.map((id) => (
        <span key={id} title={id}>
          {t('row.consent', { id: ending(id) })}
        </span>
      ))}
      {of.emergency && (
        <Link to="/compliance/emergencies/$id" params={{ id: of.emergency }}>
          {t('emergency')}
        </Link>
      )}
    </Stack>
  );
}
