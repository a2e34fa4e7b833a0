/** The home page of patients is at `/`, which `app` leads everybody from. */
export const pages = { inside: [] } as const;
