import { lazyRouteComponent } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
import { type Capability, prepareWords } from '@/i18n';
import { Aside, NotHad } from './ends';

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
    const all = Promise.all([load(), import('./Themed'), prepareWords(capability)]);
    const [pages, { Themed }] = await all.catch((error) => {
      throw new NotHad(error);
    });
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

/**
 * What is shown outside of pages, loaded with its words when it is needed. When it can't be had
 * `missed` is told, and it is asked for anew after a while.
 */
export function part<Props extends object>(
  capability: Capability,
  load: () => Promise<{ default: ComponentType<Props> }>,
  missed?: (props: Props) => void,
) {
  const ask = () =>
    lazy(async () => {
      const [loaded] = await Promise.all([load(), prepareWords(capability)]);
      return loaded;
    });
  // What `lazy` could not have once it never has.
  let Part: ComponentType<Props> = ask();
  return (props: Props) => (
    <Aside
      missed={() => {
        Part = ask();
        missed?.(props);
      }}
    >
      <Newest of={() => Part} props={props} />
    </Aside>
  );
}

interface Latest<Props> {
  of: () => ComponentType<Props>;
  props: Props;
}

/** Finds out which one there is each time it is shown. */
function Newest<Props extends object>({ of, props }: Latest<Props>) {
  const Part = of();
  return <Part {...props} />;
}
