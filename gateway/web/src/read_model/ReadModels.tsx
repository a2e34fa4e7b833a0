import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import { useTranslation } from 'react-i18next';
import { useRoles } from '@/app/roles';
import { useWritten } from '@/i18n/written';
import { Tag } from '@/patterns/Note';
import { Table } from '@/patterns/Table';
import type { ReadModel } from './queries';
import { RebuildDialog } from './RebuildDialog';

/** The read models: how far behind the log each is, and how far one that is built anew has come. */
export function ReadModels({ models, head }: { models: readonly ReadModel[]; head: number }) {
  const { t } = useTranslation('read_model');
  const written = useWritten();
  const operator = useRoles().includes('operator');
  const behind = ({ behind: events, behind_seconds: seconds }: ReadModel) => {
    if (events === 0) return <Tag tone="success">{t('model.current')}</Tag>;
    const number = written.number(events);
    return t('model.behind', { count: events, number, seconds: written.number(seconds) });
  };
  const rebuild = (model: ReadModel) => {
    if (model.rebuild) return <Progress of={model} head={head} />;
    return operator ? <RebuildDialog model={model.name} /> : null;
  };
  return (
    <Table
      dense
      caption={t('models.title')}
      rows={models}
      id={({ name }) => name}
      none={t('models.none')}
      columns={[
        { name: t('column.name'), cell: ({ name }) => name },
        { name: t('column.behind'), cell: behind },
        {
          name: t('column.waiting'),
          number: true,
          cell: ({ dead_letters }) => written.number(dead_letters),
        },
        {
          name: t('column.since'),
          cell: ({ since }) => <time dateTime={since}>{written.moment(since)}</time>,
        },
        { name: t('column.rebuild'), cell: rebuild },
      ]}
    />
  );
}

function Progress({ of, head }: { of: ReadModel; head: number }) {
  const { t } = useTranslation('read_model');
  const written = useWritten();
  const { started_at, position } = of.rebuild ?? {};
  if (started_at === undefined || position === undefined) return <>{t('rebuild.waits')}</>;
  const label = t('rebuild.progress', {
    number: written.number(position),
    all: written.number(head),
  });
  const share = head === 0 ? 0 : Math.min((position / head) * 100, 100);
  return (
    <Stack sx={{ gap: 0.5, minWidth: '10rem' }}>
      <LinearProgress
        variant="determinate"
        value={share}
        aria-label={t('rebuild.of', { model: of.name })}
      />
      <span>{label}</span>
    </Stack>
  );
}
