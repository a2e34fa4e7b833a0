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
/** How much of the width the longest bar takes; the rest is for what is said at its end. */
const LONGEST = 75;

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
      <Typography variant="h2" component="figcaption" sx={{ mb: 1 }}>
        {title}
      </Typography>
      <svg role="img" width="100%" height={bars.length * ROW}>
        <title>{title}</title>
        {bars.map((bar, row) => {
          const length = `${most === 0 ? 0 : (bar.value / most) * LONGEST}%`;
          return (
            <g key={bar.id} transform={`translate(0 ${row * ROW})`}>
              <text x={0} y={14} {...text}>
                {bar.name}
              </text>
              {/* Where there is nothing, a line says so. */}
              <rect y={20} width={2} height={16} fill={palette.text.secondary} />
              <rect y={20} width={length} height={16} rx={3} fill={palette.primary.main} />
              <text x={length} dx={8} y={33} {...text} fontWeight={600}>
                {bar.text}
              </text>
            </g>
          );
        })}
      </svg>
    </Paper>
  );
}
