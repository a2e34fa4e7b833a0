import type { components } from '@/api/schema';
import type { Language } from '@/i18n/languages';
import type { Gender, Patient } from './queries';

type Body = components['schemas']['PatientProfileIn'];

/** A profile as it is typed: what isn't said is empty. */
export interface Typed {
  language: string;
  gender: string;
  /** House and street, line by line. */
  lines: string;
  city: string;
  region: string;
  postal_code: string;
  country: string;
  contact_name: string;
  contact_phone: string;
  contact_relation: string;
  accessibility: string[];
  note: string;
}

/** What a patient has said, for them to change; `country` is where most of them live. */
export function valuesOf({ language, profile }: Patient, country: string): Typed {
  const { gender, address, emergency_contact: contact } = profile ?? {};
  return {
    language,
    gender: gender ?? '',
    lines: address?.lines.join('\n') ?? '',
    city: address?.city ?? '',
    region: address?.region ?? '',
    postal_code: address?.postal_code ?? '',
    country: address?.country ?? country,
    contact_name: contact?.name ?? '',
    contact_phone: contact?.phone ?? '',
    contact_relation: contact?.relation ?? '',
    accessibility: [...(profile?.accessibility ?? [])],
    note: profile?.accessibility_note ?? '',
  };
}

/** All that a patient says from now on: what is empty is left out. A country alone is no address. */
export function bodyOf(typed: Typed): Body {
  const lines = typed.lines.split('\n').flatMap((line) => line.trim() || []);
  const [city, region, code] = [typed.city.trim(), typed.region.trim(), typed.postal_code.trim()];
  const [name, phone] = [typed.contact_name.trim(), typed.contact_phone.replace(/[\s-]/g, '')];
  const relation = typed.contact_relation.trim();
  const note = typed.note.trim();
  return {
    language: typed.language as Language,
    ...(typed.gender && { gender: typed.gender as Gender }),
    ...((lines.length > 0 || city || region || code) && {
      address: {
        lines,
        city,
        ...(region && { region }),
        ...(code && { postal_code: code }),
        country: typed.country.trim(),
      },
    }),
    ...((name || phone || relation) && {
      emergency_contact: { name, phone, ...(relation && { relation }) },
    }),
    accessibility: typed.accessibility,
    ...(note && { accessibility_note: note }),
  };
}
