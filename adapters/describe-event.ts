import type { EventMessage } from '../contract/payloads/event.js';
import { printable } from './terminal-line.js';

/** An event in one plain line, such as `emerged at coherence 0.812`. */
export function eventLine(event: EventMessage): string {
  return `${event.type} ${printable(aboutEvent(event))}`;
}

function aboutEvent(event: EventMessage): string {
  switch (event.type) {
    case 'emerged':
    case 'dissolved':
      return `at coherence ${event.coherence.toFixed(3)}`;
    case 'collapsed':
    case 'released':
      return `at |resonance|^2 ${(event.resonance.real ** 2 + event.resonance.imag ** 2).toFixed(3)}`;
    case 'we_formed':
    case 'we_parted':
      return `${event.nodes.join(' and ')}, strength ${event.strength.toFixed(2)}`;
    case 'node_joined':
      return event.node;
    case 'node_left':
      return `${event.node} (${event.reason})`;
  }
}
