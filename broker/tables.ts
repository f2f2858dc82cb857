/**
 * Takes the prototype from one of the engine's tables.
 *
 * The engine keeps what clients call themselves and subscribe to as keys of plain objects, where names such as
 * `toString` seem to be there already: a client of that name would bring the process down.
 */
export function makeBare(owner: object, table: 'clients' | 'subscriptions'): void {
  const found: unknown = Reflect.get(owner, table);
  if (typeof found === 'object' && found !== null) Object.setPrototypeOf(found, null);
}
