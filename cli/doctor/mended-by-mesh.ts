import type { Check } from './check.js';
import { isFresh } from './check-live.js';
import type { LiveMesh } from './read-live-mesh.js';

/**
 * A device that the running mesh has in use may refuse a second one: that is no problem.
 *
 * @param check of an input, called node/channel.
 * @param live what the mesh told; or why it told nothing.
 */
export function mendedByMesh(check: Check, live: LiveMesh | string | undefined, nowSeconds: number): Check {
  if (check.state !== 'problem' || live === undefined || typeof live === 'string') return check;
  const [node = '', channel = ''] = check.name.split('/');
  const told = live.offline.has(node) ? undefined : live.nodes.get(node);
  if (told === undefined || !isFresh(told.timestamp, nowSeconds) || told.inputs[channel]?.state !== 'ok')
    return check;
  return { ...check, state: 'warning', words: `${check.words}; but the mesh that runs reads it` };
}
