import { lazyRouteComponent } from '@tanstack/react-router';
import i18next, { type CustomTypeOptions } from 'i18next';
import type { ComponentType } from 'react';

/** A folder with words. */
type Capability = keyof CustomTypeOptions['resources'];
/** What a page is, that knows from its route what it is about. */
type Pages<Name extends string> = Record<Name, ComponentType>;

/**
 * A page that is loaded when it is opened, together with the words of its capability and what
 * draws its parts: each of these would otherwise be found missing only when the one before has come.
 */
export function page<Name extends string>(
  capability: Capability,
  load: () => Promise<Pages<Name>>,
  name: Name,
) {
  return lazyRouteComponent(async () => {
    const words = i18next.loadNamespaces(capability);
    const [pages, { Themed }] = await Promise.all([load(), import('./Themed'), words]);
    const Page: ComponentType = pages[name];
    return {
      default: () => (
        <Themed>
          <Page />
        </Themed>
      ),
    };
  });
}
