import type { Money } from '@/i18n/money';

/** An amount as people type it, such as `150.50`. */
export function typed({ minor, currency }: Money): string {
  const places = digitsOf(currency);
  const amount = minor / 10 ** places;
  return Number.isInteger(amount) ? String(amount) : amount.toFixed(places);
}

/** What was typed, in the currency's smallest unit. */
export function moneyOf(text: string, currency: string): Money {
  return { minor: Math.round(Number(text) * 10 ** digitsOf(currency)), currency };
}

/** How many digits of a currency are after the point. */
function digitsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
