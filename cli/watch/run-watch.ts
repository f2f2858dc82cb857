import { stateLine } from '../../adapters/describe-state.js';
import { listenTo } from '../../adapters/listen-to.js';
import { LiveBlock } from '../../adapters/live-block.js';
import { canvasOf } from '../../adapters/terminal-line.js';
import type { Clock } from '../../contract/clock.js';
import type { Link } from '../../contract/link.js';
import type { PayloadOf } from '../../contract/messages.js';
import { nodeNameFault } from '../../contract/names.js';
import type { PartContext } from '../../contract/part.js';
import { renderWatch } from './render-watch.js';
import { MeshWatcher } from './watched-mesh.js';

/** Where the view is drawn. */
export interface WatchTerminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

const DRAW_SECONDS = 0.1;
/** Ages grow though nothing comes in. */
const REDRAW_SECONDS = 1;
const DEFAULT_ROWS = 24;

/**
 * Shows the mesh until `signal` aborts: a live view on a terminal, elsewhere a line for each state of the mesh.
 *
 * @throws MeshError LINK_REFUSED or LINK_AWAY when there is no way to the mesh, or no longer one.
 */
export async function runWatch(options: {
  readonly context: PartContext;
  readonly terminal: WatchTerminal;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { context, terminal, signal } = options;
  const link = await context.openLink({ name: 'watch' }, signal);
  const stop =
    terminal.isTTY === true
      ? await watchLive(link, context, terminal)
      : await watchLines(link, context, terminal);
  const end = (): void => void link.close();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const error = await link.closed;
  stop();
  if (error !== undefined) throw error;
}

async function watchLines(link: Link, { topics }: PartContext, terminal: WatchTerminal): Promise<() => void> {
  await listenTo(link, 'global', topics.build('global', {}), (state, retained) => {
    if (!retained) terminal.write(`${stateLine(state)}\n`);
  });
  return () => {};
}

async function watchLive(link: Link, context: PartContext, terminal: WatchTerminal): Promise<() => void> {
  const watcher = new MeshWatcher(context.clock.monotonicSeconds());
  const drawing = keepDrawing(watcher, context.clock, terminal);
  await follow(link, context, watcher, drawing.changed);
  return drawing.stop;
}

/** Takes what is fresh of the mesh into the watcher. */
async function follow(
  link: Link,
  { topics, clock }: PartContext,
  watcher: MeshWatcher,
  changed: () => void,
): Promise<void> {
  const onFresh = <Name extends 'event' | 'global' | 'phase'>(
    name: Name,
    take: (message: PayloadOf<Name>, topic: string) => void,
  ): Promise<() => void> =>
    listenTo(link, name, topics.filter(name), (message, retained, topic) => {
      if (retained) return;
      take(message, topic);
      changed();
    });
  await listenTo(link, 'syncStatus', topics.filter('syncStatus'), ({ state }) => {
    watcher.onStatus(state);
    changed();
  });
  await onFresh('event', (event) => watcher.onEvent(event));
  await onFresh('global', (state) => watcher.onState(state, clock.monotonicSeconds()));
  await onFresh('phase', (message, topic) => {
    const node = topics.nodeOf(topic);
    if (nodeNameFault(node) === null) watcher.onPhase(node, message, clock.monotonicSeconds());
  });
}

/** Draws at once, then on change up to ten times a second, and once a second without. */
function keepDrawing(
  watcher: MeshWatcher,
  clock: Clock,
  terminal: WatchTerminal,
): { changed(): void; stop(): void } {
  const block = new LiveBlock(terminal);
  let dirty = false;
  let drawnAt = 0;
  const draw = (): void => {
    const nowSeconds = clock.monotonicSeconds();
    watcher.forget(nowSeconds);
    const canvas = { ...canvasOf(terminal), rows: terminal.rows ?? DEFAULT_ROWS, nowSeconds };
    block.draw(renderWatch(watcher, canvas).split('\n'));
    dirty = false;
    drawnAt = nowSeconds;
  };
  draw();
  const cancel = clock.every(DRAW_SECONDS, () => {
    if (dirty || clock.monotonicSeconds() - drawnAt >= REDRAW_SECONDS) draw();
  });
  return {
    changed() {
      dirty = true;
    },
    stop() {
      cancel();
      block.close();
    },
  };
}
