/** Where an input gets its messages: it asks an address, or is sent to at its own. */
export type UrlOrListen =
  | { readonly url: string; readonly listen?: undefined }
  | { readonly url?: undefined; readonly listen: string };

/** @throws Error with a sentence unless there is exactly one of both. */
export function urlOrListen(options: {
  readonly url?: string | undefined;
  readonly listen?: string | undefined;
}): UrlOrListen {
  const { url, listen } = options;
  if (url !== undefined && listen === undefined) return { url };
  if (listen !== undefined && url === undefined) return { listen };
  const found = url === undefined ? 'neither url nor listen' : 'both url and listen';
  throw new Error(`found ${found}, expected one of them: url to ask a server, listen to be sent to`);
}
