import { z } from 'zod';
import { show } from '../contract/explain.js';
import { createJsonPath, jsonPathSchema } from './json-path.js';
import { topicOption } from './topic-option.js';

/** Where a device of the house says whether it is there, as Zigbee2MQTT, Tasmota and ESPHome do. */
export const deviceAvailabilitySchema = z.strictObject({
  topic: topicOption.describe('such as zigbee2mqtt/lamp/availability, tele/plug/LWT or kitchen/status'),
  path: jsonPathSchema
    .optional()
    .describe('where the word stands in a JSON message; plain text is taken as it is, too'),
  online: z.string().default('online').describe('the word for being there, in any case'),
  offline: z.string().default('offline').describe('the word for not being there, in any case'),
});
export type DeviceAvailability = z.output<typeof deviceAvailabilitySchema>;

/**
 * Makes a function that reads such a message.
 *
 * @returns whether the device is there, or why the message does not tell, in a sentence.
 */
export function createAvailabilityReader(
  settings: DeviceAvailability,
): (text: string) => { readonly isThere: boolean } | { readonly reason: string } {
  const { topic, path, online, offline } = settings;
  const find = path === undefined ? undefined : createJsonPath(path);
  return (text) => {
    const word = wordOf(text, find).trim().toLowerCase();
    if (word === online.toLowerCase()) return { isThere: true };
    if (word === offline.toLowerCase()) return { isThere: false };
    return { reason: `found ${show(word)} on ${topic}, expected ${online} or ${offline}` };
  };
}

/** Old Zigbee2MQTTs say a bare word where newer ones say JSON. */
function wordOf(text: string, find: ((document: unknown) => unknown) | undefined): string {
  if (find === undefined) return text;
  try {
    return String(find(JSON.parse(text)) ?? text);
  } catch {
    return text;
  }
}
