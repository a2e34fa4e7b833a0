import { infiniteQueryOptions, type QueryKey, type QueryMeta } from '@tanstack/react-query';

/** A part of a list, and where the next one begins. */
export interface Part<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

type Read<Item> = (after: string | undefined, signal: AbortSignal) => Promise<Part<Item>>;

/** A list that comes part by part, for `useInfiniteQuery` and `More`: what has come is one array. */
export function listOptions<Item>(options: {
  queryKey: QueryKey;
  read: Read<Item>;
  meta?: QueryMeta;
}) {
  return infiniteQueryOptions({
    queryKey: options.queryKey,
    queryFn: ({ pageParam, signal }) => options.read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (part: Part<Item>) => part.next,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    ...(options.meta && { meta: options.meta }),
  });
}

/** All of a list that is short enough to be had whole, such as a hospital's doctors. */
export async function whole<Item>(read: Read<Item>, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const part = await read(after, signal);
    items.push(...part.items);
    after = part.next;
  } while (after !== undefined);
  return items;
}
