/**
 * What this device keeps of a person for when there is no line. Each value is encrypted with a
 * key that the browser holds and no script can read out; signing out throws the key away.
 */
const DATABASE = 'medilink';
const KEYS = 'keys';
const VALUES = 'values';

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS);
      request.result.createObjectStore(VALUES);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function ask<T>(
  store: string,
  mode: IDBTransactionMode,
  what: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await database()).transaction(store, mode);
  return new Promise((resolve, reject) => {
    const request = what(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function key(): Promise<CryptoKey> {
  const held = await ask<CryptoKey | undefined>(KEYS, 'readonly', (keys) => keys.get('device'));
  if (held !== undefined) return held;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  await ask(KEYS, 'readwrite', (keys) => keys.put(made, 'device'));
  return made;
}

interface Sealed {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

/** Keeps a value under a name, which is no secret; where the browser keeps nothing, neither do we. */
export async function keep(name: string, value: unknown): Promise<void> {
  try {
    await seal(name, value);
  } catch {
    // Without a line there will be less to see. Nothing else depends on it.
  }
}

async function seal(name: string, value: unknown): Promise<void> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const bytes = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(name) },
    await key(),
    new TextEncoder().encode(JSON.stringify(value)),
  );
  await ask(VALUES, 'readwrite', (values) => values.put({ nonce, bytes } satisfies Sealed, name));
}

/** What is kept under a name, if it can still be read. */
export async function kept<T>(name: string): Promise<T | undefined> {
  try {
    const sealed = await ask<Sealed | undefined>(VALUES, 'readonly', (values) => values.get(name));
    if (sealed === undefined) return undefined;
    const bytes = await crypto.subtle.decrypt(
      {
        name: 'AES-GCM',
        iv: sealed.nonce,
        additionalData: new TextEncoder().encode(name),
      },
      await key(),
      sealed.bytes,
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Forgets everything, the key first. Nobody is held back from leaving by a browser that fails. */
export async function forget(): Promise<void> {
  try {
    await ask(KEYS, 'readwrite', (keys) => keys.clear());
    await ask(VALUES, 'readwrite', (values) => values.clear());
  } catch {
    if ('indexedDB' in globalThis) indexedDB.deleteDatabase(DATABASE);
  }
}
