import Stack from '@mui/material/Stack';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useStore } from '@tanstack/react-store';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { speak } from '@/i18n';
import { LANGUAGES, type Language } from '@/i18n/languages';
import { Failure } from '@/patterns/Failure';
import { choose, SCHEMES, type Scheme, scheme } from './colours';

/** The language and the colours of this device. */
export function Preferences() {
  const { t, i18n } = useTranslation('app');
  const colours = useStore(scheme, (now) => now);
  const [missed, setMissed] = useState<unknown>();
  const change = (language: Language) =>
    speak(language).then(() => setMissed(undefined), setMissed);
  return (
    <Stack sx={{ gap: 1.5, alignItems: 'center' }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label={t('language')}
        value={i18n.language}
        onChange={(_, language: Language | null) => language && void change(language)}
      >
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <ToggleButton key={language} value={language} lang={language}>
            {name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {missed !== undefined && <Failure error={missed} />}
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label={t('colours.label')}
        value={colours}
        onChange={(_, wanted: Scheme | null) => wanted && choose(wanted)}
      >
        {SCHEMES.map((each) => (
          <ToggleButton key={each} value={each}>
            {t(`colours.${each}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </Stack>
  );
}
