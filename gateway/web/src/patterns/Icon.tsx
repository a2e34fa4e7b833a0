import { styled } from '@mui/material/styles';

const Drawn = styled('svg')({
  width: '1.5em',
  height: '1.5em',
  fill: 'currentColor',
  flexShrink: 0,
});

/** A picture beside words: it says nothing that they don't. */
export function Icon({ path }: { path: string }) {
  return (
    <Drawn viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </Drawn>
  );
}
