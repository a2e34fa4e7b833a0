import Paper from '@mui/material/Paper';
import { styled } from '@mui/material/styles';
import type { ReactNode } from 'react';

/** What a table tells of each of its rows under one heading. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their column. */
  readonly number?: boolean;
}

const Whole = styled('table')(({ theme }) => ({
  width: '100%',
  borderCollapse: 'collapse',
  '& caption': { textAlign: 'start', padding: theme.spacing(1.5, 2), fontWeight: 600 },
  '& th, & td': {
    padding: theme.spacing(1.25, 2),
    textAlign: 'start',
    verticalAlign: 'top',
    borderTop: `1px solid ${theme.palette.divider}`,
  },
  '& th': { color: theme.palette.text.secondary, fontWeight: 600 },
  '& .number': { textAlign: 'end', fontVariantNumeric: 'tabular-nums' },
  // On a phone each row is a card, and each cell says what it is.
  [theme.breakpoints.down('sm')]: {
    '& thead': {
      position: 'absolute',
      clipPath: 'inset(50%)',
      width: 1,
      height: 1,
      overflow: 'hidden',
    },
    '& tr': {
      display: 'block',
      borderTop: `1px solid ${theme.palette.divider}`,
      padding: theme.spacing(1, 0),
    },
    '& td, & td.number': {
      display: 'grid',
      gridTemplateColumns: '8rem minmax(0, 1fr)',
      gap: theme.spacing(1),
      textAlign: 'start',
      border: 0,
      padding: theme.spacing(0.5, 2),
      overflowWrap: 'anywhere',
    },
    '& td::before': { content: 'attr(data-name)', color: theme.palette.text.secondary },
    '& td:empty': { display: 'none' },
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
}) {
  const { caption, columns, rows, id } = props;
  return (
    <Paper sx={{ overflowX: 'auto', position: 'relative' }}>
      <Whole role="table">
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
