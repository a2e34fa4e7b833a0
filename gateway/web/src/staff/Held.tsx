import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useWritten } from '@/i18n/written';
import { FormDialog } from '@/patterns/FormDialog';
import { Section } from '@/patterns/Section';
import { type Column, Table } from '@/patterns/Table';
import { ReasonDialog, type Why } from './ReasonDialog';

/** What somebody has until it is over or taken: a role, or a permission. */
interface Given {
  readonly until?: string;
}

/** How what somebody has is taken from them. */
interface Take<Row> {
  /** What it means. */
  readonly text: string;
  readonly reasons: readonly Why[];
  /** Takes it; nothing when the reader may not. */
  readonly send: (row: Row) => ((reason: string) => Promise<unknown>) | undefined;
}

/** What somebody has: what it is, where, until when, and how it is given and taken. */
export function Held<Row extends Given>(props: {
  title: string;
  /** What it means that they have nothing. */
  none: string;
  rows: readonly Row[];
  id: (row: Row) => string;
  /** What it is, under its heading. */
  what: { readonly name: string; readonly cell: (row: Row) => string };
  where?: Column<Row>;
  /** By whose clock it is over. */
  zone: (row: Row) => string | undefined;
  /** What the button says that gives more, and the form that it opens. */
  give?: { readonly does: string; readonly form: (close: () => void) => ReactNode } | undefined;
  take?: Take<Row> | undefined;
}) {
  const { title, none, rows, id, what, where, zone, give, take } = props;
  const { t } = useTranslation('staff');
  const written = useWritten();
  const taking = (row: Row) => {
    const send = take?.send(row);
    return (
      take &&
      send && (
        <ReasonDialog
          does={t('take.do')}
          label={t('take.of', { name: what.cell(row) })}
          text={take.text}
          reasons={take.reasons}
          done={t('take.done')}
          send={send}
        />
      )
    );
  };
  const until: Column<Row> = {
    name: t('last'),
    cell: (row) => (row.until ? written.moment(row.until, zone(row)) : t('good')),
  };
  const change: Column<Row> = { name: t('change'), cell: taking };
  return (
    <Section
      title={title}
      actions={
        give && (
          <FormDialog does={give.does} title={give.does}>
            {give.form}
          </FormDialog>
        )
      }
    >
      <Table
        headed
        none={none}
        caption={title}
        rows={rows}
        id={id}
        columns={[what, ...(where ? [where] : []), until, ...(take ? [change] : [])]}
      />
    </Section>
  );
}
