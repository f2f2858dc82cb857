import { Document, isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { wrapWords } from '../doctor/wrap-words.js';
import type { House } from './house.js';
import type { PlannedNode } from './plan-nodes.js';

/** Where a configuration comes from, and what it is written for. */
export interface Origin {
  /** The broker that was heard, without a password. */
  readonly url: string;
  readonly seconds: number;
  readonly messages: number;
  readonly topics: number;
  /** Messages that were not looked at. */
  readonly passedOver: number;
  /** The configuration's broker.url; none where the mesh will be its own broker. */
  readonly brokerUrl: string | undefined;
  /** Whether the broker asked for a user, which does not stand in the file. */
  readonly hasUser: boolean;
  readonly prefix: string;
  /** Where it will lie, as far as that is known. */
  readonly file: string;
}

const MOST_LINES = 100;
/** By whole characters: half of one is not text. */
const CUT = /^.{0,500}/su;
const COLUMNS = 108;
const DEFAULT_PREFIX = 'mesh';

/** Writes what was found as a configuration to be reviewed, with comments that say what each is. */
export function writeConfig(house: House, origin: Origin): string {
  const { brokerUrl, prefix } = origin;
  const document = new Document({
    ...(prefix === DEFAULT_PREFIX ? {} : { mesh: { prefix } }),
    ...(brokerUrl === undefined ? {} : { broker: { url: brokerUrl } }),
    nodes: new Map(
      house.nodes.map(({ name, inputs }) => [
        name,
        { inputs: new Map([...inputs].map(([channel, { config }]) => [channel, config])) },
      ]),
    ),
  });
  const nodes = document.get('nodes') as YAMLMap;
  for (const [index, node] of house.nodes.entries()) annotate(nodes.items[index], node);
  document.commentBefore = comment(headLines(house, origin));
  const tail = tailLines(house);
  if (tail.length > 0) document.comment = comment(tail.slice(1));
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Says where a node comes from and what was left out, and beside each input what it said last. */
function annotate(pair: Pair | undefined, { source, device, leftOut, inputs }: PlannedNode): void {
  const about = leftOut.length === 0 ? '' : `; left out: ${leftOut.join(', ')}`;
  if (isScalar(pair?.key)) pair.key.commentBefore = comment(quote(`${source}, ${device}${about}`));
  const channels = isMap(pair?.value) ? (pair.value.get('inputs') as YAMLMap) : undefined;
  for (const [index, { remark }] of [...inputs.values()].entries()) {
    const channel = channels?.items[index];
    if (remark !== undefined && isScalar(channel?.key)) channel.key.commentBefore = comment(quote(remark));
    if (isMap(channel?.value)) for (const { value } of channel.value.items) inOneLine(value as Node);
  }
}

/** Maps within an input stand in one line. */
function inOneLine(node: Node): void {
  if (isMap(node)) node.flow = true;
}

function headLines({ nodes }: House, origin: Origin): string[] {
  const { url, seconds, messages, topics, passedOver, brokerUrl, hasUser, file } = origin;
  const inputs = nodes.reduce((sum, node) => sum + node.inputs.size, 0);
  const brokerOption = hasUser ? ` --broker ${userUrl(brokerUrl ?? url)}` : '';
  return [
    `Made by becomingone discover, which heard ${messages} messages on ${topics} topics of ${url} in ${seconds} s:`,
    `${nodes.length} devices with ${inputs} values. Above each stands what it said last.`,
    'Read it through: strike out what is not to move the mesh; give nodes a zone, inputs a weight or an encoder.',
    'These nodes take the place of the signals of this machine, which are nodes only while none are configured.',
    `Then check it, node dist/cli/main.js config check ${file}, and start it, npm start -- --config ${file}${brokerOption}`,
    ...(hasUser
      ? ["The broker's user and password do not stand here: give them in the address, as above."]
      : []),
    ...(passedOver === 0
      ? []
      : [`${passedOver} messages were not looked at: too large, or on more topics than are kept.`]),
  ];
}

function userUrl(url: string): string {
  return url.replace('://', '://USER:PASSWORD@');
}

function tailLines({ bare, remarks, unrecognised }: House): string[] {
  const told = bare.filter(({ leftOut }) => leftOut.length > 0);
  return [
    ...section(
      'Devices with nothing but what was left out:',
      told.map(({ source, device, leftOut }) => `${device} (${source}): ${leftOut.join(', ')}`),
    ),
    ...section(
      'Announced with a template that is more than a path, so that no input can read them:',
      remarks,
    ),
    ...section(
      'Not recognised; a number among these is read by { adapter: mqtt, topic: ..., path: ... }:',
      unrecognised,
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more`] : [];
  return ['', title, ...lines.slice(0, MOST_LINES).flatMap((line) => indented(quote(line))), ...more];
}

/** A comment's lines; none of them is empty but a blank one between two sections. */
function comment(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '' : ` ${line}`)).join('\n');
}

/** What others wrote, as lines of a comment: they cannot end it, nor move a terminal's cursor, nor go on for ever. */
function quote(text: string): string[] {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  const [short = ''] = CUT.exec(line) ?? [];
  return wrapWords(short.length < line.length ? `${short}...` : line, COLUMNS);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`));
}
