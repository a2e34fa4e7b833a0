/** What the browser's passkey dialog gave, as JSON for the API. Throws when it was dismissed. */
export async function showPasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(unwrapped(options));
  const credential = await navigator.credentials.get({ publicKey });
  return (credential as PublicKeyCredential).toJSON();
}

/** What the browser made for a new passkey, as JSON for the API. Throws when it was dismissed. */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(unwrapped(options));
  const credential = await navigator.credentials.create({ publicKey });
  return (credential as PublicKeyCredential).toJSON();
}

/** Whether this browser has passkeys. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential === 'function' &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential
  );
}

function unwrapped<T>(options: unknown): T {
  return ((options as { publicKey?: unknown }).publicKey ?? options) as T;
}
