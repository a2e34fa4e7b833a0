import type { LinkProps } from '@tanstack/react-router';
import type { Role } from './me';

/** Where `/` leads whom, the first that fits. Other patients are at home there. */
export const STARTS: readonly (readonly [Role, NonNullable<LinkProps['to']>])[] = [
  ['doctor', '/day'],
  ['receptionist', '/board'],
  ['administrator', '/hospital'],
  ['department-head', '/emergencies'],
  ['nurse', '/emergencies'],
  ['compliance-officer', '/compliance'],
  ['platform-administrator', '/administration'],
  ['operator', '/administration'],
];
