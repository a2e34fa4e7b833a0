import {
  mdiAccountCircleOutline,
  mdiAlertOctagonOutline,
  mdiCalendarClockOutline,
  mdiCalendarHeart,
  mdiCalendarTodayOutline,
  mdiCogOutline,
  mdiFormatListNumbered,
  mdiHomeOutline,
  mdiHospitalBuilding,
  mdiMagnify,
  mdiShieldAccountOutline,
  mdiShieldSearch,
} from '@mdi/js';
import type { LinkProps } from '@tanstack/react-router';
import type { Role } from './me';
import type words from './words/en.json';

/** A place in the navigation. */
export interface Place {
  readonly to: NonNullable<LinkProps['to']>;
  /** Its name is `nav.<name>` in the words of `app`. */
  readonly name: Exclude<keyof (typeof words)['nav'], 'label'>;
  readonly icon: string;
  /** Pages elsewhere that belong to it. */
  readonly under?: RegExp;
  /** Who is shown it; everybody if none are named. What may be read is the server's to decide. */
  readonly roles?: readonly Role[];
}

/** All places, in the order in which they are shown. A phone has room for five of one role. */
export const PLACES: readonly Place[] = [
  { to: '/', name: 'home', icon: mdiHomeOutline, roles: ['patient'] },
  {
    to: '/visits',
    name: 'visits',
    icon: mdiCalendarHeart,
    under: /^\/(book|waitlist)$/,
    roles: ['patient'],
  },
  { to: '/day', name: 'day', icon: mdiFormatListNumbered, roles: ['doctor'] },
  { to: '/schedule', name: 'schedule', icon: mdiCalendarClockOutline, roles: ['doctor'] },
  {
    to: '/board',
    name: 'board',
    icon: mdiCalendarTodayOutline,
    under: /^\/hospitals\/[^/]+\/board$/,
    roles: ['receptionist'],
  },
  {
    to: '/hospital',
    name: 'hospital',
    icon: mdiHospitalBuilding,
    under: /^\/hospitals\/[^/]+(\/(?!board$).*)?$/,
    roles: ['administrator', 'receptionist'],
  },
  {
    to: '/patients',
    name: 'patients',
    icon: mdiMagnify,
    roles: ['doctor', 'nurse', 'department-head'],
  },
  {
    to: '/emergencies',
    name: 'emergencies',
    icon: mdiAlertOctagonOutline,
    roles: ['doctor', 'nurse', 'department-head'],
  },
  {
    to: '/privacy',
    name: 'privacy',
    icon: mdiShieldAccountOutline,
    under: /^\/family(\/|$)/,
    roles: ['patient'],
  },
  { to: '/compliance', name: 'compliance', icon: mdiShieldSearch, roles: ['compliance-officer'] },
  {
    to: '/administration',
    name: 'administration',
    icon: mdiCogOutline,
    roles: ['administrator', 'operator', 'platform-administrator'],
  },
  { to: '/account', name: 'account', icon: mdiAccountCircleOutline },
];
