import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** One step of several: which, what it is about, and the way back. */
export function Step(props: {
  number: number;
  of: number;
  title: string;
  back?: () => void;
  children: ReactNode;
}) {
  const { number, of, title, back, children } = props;
  const { t } = useTranslation('patterns');
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step is begun at its heading.
  useEffect(() => heading.current?.focus(), [number]);
  return (
    <Stack spacing={2}>
      <div>
        <Typography variant="body2" color="textSecondary">
          {t('step', { number, of })}
        </Typography>
        <Typography variant="h2" ref={heading} tabIndex={-1} sx={{ outline: 'none' }}>
          {title}
        </Typography>
      </div>
      {children}
      {back && (
        <Button sx={{ alignSelf: 'flex-start' }} onClick={back}>
          {t('confirm.back')}
        </Button>
      )}
    </Stack>
  );
}
