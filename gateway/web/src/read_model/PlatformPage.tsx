import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLive } from '@/app/useLive';
import { useWritten } from '@/i18n/written';
import { Facts } from '@/patterns/Facts';
import { Loaded } from '@/patterns/Loaded';
import { Note, Tag } from '@/patterns/Note';
import { Page } from '@/patterns/Page';
import { LinkButton } from '@/patterns/Press';
import { Table } from '@/patterns/Table';
import { type Job, type Part, type Platform, platformQuery } from './queries';
import { ReadModels } from './ReadModels';

/** How often it is looked at, in ms. */
const EVERY = 3_000;

/** How the platform is doing now: its parts, and who is how far behind the log. */
export function PlatformPage() {
  const { t } = useTranslation('read_model');
  const written = useWritten();
  const platform = useQuery(platformQuery);
  useLive(platform.refetch, EVERY);
  return (
    <Page title={t('title')} wide>
      <Loaded query={platform} lines={8}>
        {(now) => (
          <>
            <Waiting platform={now} />
            <Facts
              of={[
                [t('fact.version'), now.version],
                [
                  t('fact.head'),
                  t('events', { count: now.head, number: written.number(now.head) }),
                ],
                [t('fact.at'), written.moment(now.at)],
              ]}
            />
            <Parts parts={now.parts} />
            <ReadModels models={now.read_models} head={now.head} />
            <Jobs jobs={now.jobs} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What waits for an operator, if anything does. */
function Waiting({ platform }: { platform: Platform }) {
  const { t } = useTranslation('read_model');
  const written = useWritten();
  const readers = [...platform.read_models, ...platform.jobs];
  const count = readers.reduce((all, { dead_letters }) => all + dead_letters, 0);
  if (count === 0) return null;
  return (
    <Note
      tone="warning"
      role="status"
      actions={<LinkButton to="/administration/dead-letters">{t('waiting.open')}</LinkButton>}
    >
      {t('waiting.text', { count, number: written.number(count) })}
    </Note>
  );
}

function Parts({ parts }: { parts: readonly Part[] }) {
  const { t } = useTranslation('read_model');
  return (
    <Table
      caption={t('parts.title')}
      rows={parts}
      id={({ name }) => name}
      columns={[
        {
          name: t('column.name'),
          cell: ({ name }) => t(`part.${name}` as never, { defaultValue: name }),
        },
        {
          name: t('column.state'),
          cell: ({ up, needed }) => (
            <Tag tone={up ? 'success' : needed ? 'error' : 'warning'}>
              {up ? t('part.up') : t('part.down')}
            </Tag>
          ),
        },
        { name: t('column.meaning'), cell: ({ up, needed }) => meaning(up, needed) },
      ]}
    />
  );

  function meaning(up: boolean, needed: boolean) {
    if (up) return t('part.well');
    return needed ? t('part.needed') : t('part.not_needed');
  }
}

function Jobs({ jobs }: { jobs: readonly Job[] }) {
  const { t } = useTranslation('read_model');
  const written = useWritten();
  return (
    <Table
      dense
      caption={t('jobs.title')}
      rows={jobs}
      id={({ name }) => name}
      none={t('jobs.none')}
      columns={[
        { name: t('column.name'), cell: ({ name }) => name },
        {
          name: t('column.behind'),
          number: true,
          cell: ({ behind }) => written.number(behind),
        },
        {
          name: t('column.waiting'),
          number: true,
          cell: ({ dead_letters }) => written.number(dead_letters),
        },
      ]}
    />
  );
}
