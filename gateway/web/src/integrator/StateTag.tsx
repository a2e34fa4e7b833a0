import { useTranslation } from 'react-i18next';
import { Tag } from '@/patterns/Note';
import type { Integrator } from './queries';

/** Whether a program is let in, and if not, why. */
export function StateTag({ of }: { of: Integrator }) {
  const { t } = useTranslation('integrator');
  if (of.active) return <Tag tone="success">{t('state.active')}</Tag>;
  return <Tag>{t(of.disabled_at ? 'state.disabled' : 'state.expired')}</Tag>;
}
