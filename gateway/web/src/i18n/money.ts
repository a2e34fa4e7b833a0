import type { components } from '@/api/schema';
import { type Language, LOCALES } from './languages';

export type Money = components['schemas']['MoneyOut'];

/** An amount as its currency is written, such as `₹150.00`. */
export function money(amount: Money, language: Language): string {
  const format = new Intl.NumberFormat(LOCALES[language], {
    style: 'currency',
    currency: amount.currency,
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount.minor / 10 ** digits);
}
