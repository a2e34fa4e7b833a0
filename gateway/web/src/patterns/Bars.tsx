import Paper from '@mui/material/Paper';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';

/** One bar: what it is of, how long it is, and how that is said. */
export interface Bar {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly text: string;
}

const ROW = 46;
const WIDTH = 600;
/** Room for what is said at the end of a bar. */
const END = 110;

/**
 * Bars, each named and with its number: nothing is told by colour or length alone. The same
 * numbers stand in a table beside them.
 */
export function Bars({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const { palette } = useTheme();
  const most = Math.max(...bars.map(({ value }) => value), 0);
  const text = { fill: palette.text.primary, fontSize: 14 };
  return (
    <Paper component="figure" sx={{ m: 0, p: 2 }}>
      <Typography variant="h3" component="figcaption" sx={{ mb: 1 }}>
        {title}
      </Typography>
      <svg role="img" viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`} width="100%">
        <title>{title}</title>
        {bars.map((bar, row) => {
          const length = most === 0 ? 0 : (bar.value / most) * (WIDTH - END);
          return (
            <g key={bar.id} transform={`translate(0 ${row * ROW})`}>
              <text x={0} y={14} {...text}>
                {bar.name}
              </text>
              <rect
                y={20}
                width={Math.max(length, 2)}
                height={16}
                rx={3}
                fill={palette.primary.main}
              />
              <text x={Math.max(length, 2) + 8} y={33} {...text} fontWeight={600}>
                {bar.text}
              </text>
            </g>
          );
        })}
      </svg>
    </Paper>
  );
}
