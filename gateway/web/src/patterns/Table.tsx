import Paper from '@mui/material/Paper';
import { styled } from '@mui/material/styles';
import type { ReactNode } from 'react';
import { Empty } from './Empty';

/** Not seen, but read to who can't see. */
const HIDDEN = {
  position: 'absolute',
  clipPath: 'inset(50%)',
  width: 1,
  height: 1,
  overflow: 'hidden',
} as const;

/** On a phone, a card whose cells follow each other like words; only numbers say what they are. */
const close = (line: string) => ({
  '& tr': {
    borderTop: `1px solid ${line}`,
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    columnGap: 12,
    rowGap: 4,
    padding: '10px 16px',
  },
  '& td, & td.number': {
    display: 'block',
    border: 0,
    padding: 0,
    height: 'auto',
    maxWidth: '100%',
  },
  '& td::before': { content: 'none' },
  '& td.number::before': { content: 'attr(data-name) " "', fontWeight: 400 },
  '& td.number': { fontWeight: 700 },
});

/** What a table tells of each of its rows under one heading. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their column. */
  readonly number?: boolean;
}

const Whole = styled('table', {
  shouldForwardProp: (prop) => prop !== 'dense' && prop !== 'unsaid',
})<{ dense: boolean; unsaid: boolean }>(({ theme, dense, unsaid }) => ({
  width: '100%',
  borderCollapse: 'collapse',
  '& caption': unsaid
    ? HIDDEN
    : { textAlign: 'start', padding: theme.spacing(1.5, 2), fontWeight: 600 },
  '& th, & td': {
    padding: dense ? theme.spacing(0.25, 1.5) : theme.spacing(1.25, 2),
    ...(dense && { height: 44 }),
    textAlign: 'start',
    verticalAlign: dense ? 'middle' : 'top',
    borderTop: `1px solid ${theme.palette.divider}`,
  },
  ...(unsaid && { '& thead th': { borderTop: 0 } }),
  '& time': { whiteSpace: 'nowrap' },
  ...(dense && {
    [theme.breakpoints.up('sm')]: { '& a': { whiteSpace: 'nowrap' } },
  }),
  '& th': { color: theme.palette.text.secondary, fontWeight: 600 },
  // A button's text stands in line with the texts of its row.
  '& td > button': {
    justifySelf: 'start',
    marginInlineStart: theme.spacing(-1),
    ...(!dense && { marginBlock: theme.spacing(-1.25) }),
  },
  '& .number': { textAlign: 'end', fontVariantNumeric: 'tabular-nums' },
  // On a phone each row is a card, and each cell says what it is.
  [theme.breakpoints.down('sm')]: {
    '& thead': HIDDEN,
    '& tr': {
      display: 'block',
      borderTop: `1px solid ${theme.palette.divider}`,
      padding: theme.spacing(1, 0),
    },
    '& td, & td.number': {
      display: 'grid',
      gridTemplateColumns: '7rem minmax(0, 1fr)',
      gap: theme.spacing(1),
      textAlign: 'start',
      border: 0,
      padding: theme.spacing(0.5, 2),
      height: 'auto',
      // What is long goes on in the next line, rather than out of the card.
      overflowWrap: 'anywhere',
      '& > *': { minWidth: 0 },
    },
    '& td::before': { content: 'attr(data-name)', color: theme.palette.text.secondary },
    '& td:empty': { display: 'none' },
    ...(dense && close(theme.palette.divider)),
  },
}));

/**
 * Rows of the same kind: a table, and on a phone a card for each. The roles are said because
 * the layout of cards would take them away.
 */
export function Table<Row>(props: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
  /** For lists that somebody works with all day: one line a row. */
  dense?: boolean;
  /** Whether a heading above says the caption already; it is then only read out. */
  headed?: boolean;
  /** What it means that there are no rows, and what to do about it. */
  none?: ReactNode;
}) {
  const { caption, columns, rows, id, dense = false, headed = false, none } = props;
  if (none !== undefined && rows.length === 0) return <Empty>{none}</Empty>;
  return (
    <Paper sx={{ position: 'relative', overflowX: { sm: 'auto' } }}>
      <Whole role="table" dense={dense} unsaid={headed}>
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, number }) => (
              <th
                key={name}
                role="columnheader"
                scope="col"
                className={number ? 'number' : undefined}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={id(row)} role="row">
              {columns.map(({ name, cell, number }) => (
                <td
                  key={name}
                  role="cell"
                  data-name={name}
                  className={number ? 'number' : undefined}
                >
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Whole>
    </Paper>
  );
}
