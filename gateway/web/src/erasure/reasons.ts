import { useTranslation } from 'react-i18next';

/**
 * Why a law keeps something, in the reader's language. The server says it in English, and that is
 * shown where there are no words of ours for its rule.
 */
export function useReason(): (rule: string, said: string | undefined) => string {
  const { t, i18n } = useTranslation('erasure');
  return (rule, said) => {
    if (i18n.language === 'en' && said !== undefined) return said;
    return t(`rule.${rule}` as never, { defaultValue: said ?? t('by_law') });
  };
}
