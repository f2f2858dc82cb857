import { findEsphome } from './find-esphome.js';
import { findHomeAssistant } from './find-home-assistant.js';
import { findTasmota } from './find-tasmota.js';
import { findZigbee2mqtt } from './find-zigbee2mqtt.js';
import type { Finding, FoundDevice } from './found-device.js';
import type { HeardTopics } from './heard-topics.js';
import { mergeDevices } from './merge-devices.js';
import { type PlannedNode, planNodes } from './plan-nodes.js';
import { describeUnrecognised } from './unrecognised.js';

/** What was made of what was heard. */
export interface House {
  /** With an input at the least each. */
  readonly nodes: readonly PlannedNode[];
  /** Devices of which nothing could be read, or nothing that is of interest. */
  readonly bare: readonly PlannedNode[];
  /** What was understood but cannot be written down, each in a sentence. */
  readonly remarks: readonly string[];
  /** Topics with numbers that nobody recognised, each with what it said last. */
  readonly unrecognised: readonly string[];
}

/**
 * Recognises the devices behind what was heard; the same topics give the same house, in whatever order they came.
 *
 * @param isOwn whether a topic is one of this mesh.
 */
export function recogniseHouse(heard: HeardTopics, isOwn: (topic: string) => boolean): House {
  const topics = new Map([...heard.topics].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const byMessages = [findZigbee2mqtt(topics), findTasmota(topics), findEsphome(topics)];
  const announced = findHomeAssistant(topics, isOwn);
  const findings: readonly Finding[] = [...byMessages, announced];
  const devices = mergeDevices(
    byMessages.flatMap((finding) => finding.devices),
    announced.devices,
  );
  const nodes = planNodes(devices);
  const used = new Set(devices.flatMap(topicsOf));
  const others = [...topics.values()].filter(
    ({ topic }) => !used.has(topic) && !findings.some(({ claims }) => claims(topic)),
  );
  return {
    nodes: nodes.filter(({ inputs }) => inputs.size > 0),
    bare: nodes.filter(({ inputs }) => inputs.size === 0),
    remarks: findings.flatMap(({ remarks }) => remarks ?? []).toSorted(),
    unrecognised: others.map(describeUnrecognised).filter((line) => line !== null),
  };
}

function topicsOf({ values, availability }: FoundDevice): string[] {
  const topics = values.map(({ topic }) => topic);
  return availability === undefined ? topics : [...topics, availability.topic];
}
