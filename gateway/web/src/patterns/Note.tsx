import {
  mdiAlertCircleOutline,
  mdiAlertOutline,
  mdiCheckCircleOutline,
  mdiInformationOutline,
} from '@mdi/js';
import type { ComponentProps, ReactNode } from 'react';
import { Icon } from './Icon';

export type Tone = 'info' | 'success' | 'warning' | 'error';

const ICONS: Record<Tone, string> = {
  info: mdiInformationOutline,
  success: mdiCheckCircleOutline,
  warning: mdiAlertOutline,
  error: mdiAlertCircleOutline,
};

/**
 * Something that needs notice, and what can be done about it. Our own rather than MUI's
 * `Alert`, which is as large as the rest of a page of a patient's put together.
 */
export function Note(props: {
  tone: Tone;
  /** `alert` interrupts whoever hears the page read; `status` waits. */
  role?: 'alert' | 'status';
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={`note ${props.tone}`} role={props.role}>
      <Icon path={ICONS[props.tone]} />
      <div>{props.children}</div>
      {props.actions}
    </div>
  );
}

/** A word or two about how something stands. */
export function Tag({ tone, ...rest }: { tone?: Tone } & ComponentProps<'span'>) {
  return <span className={tone ? `tag ${tone}` : 'tag'} {...rest} />;
}
