import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIST_WITHIN_MS = 2000;
const CARD = /^card \d+: (\S+) \[(.*?)\], device (\d+): /;

/**
 * The devices that ALSA can record from, by the names that it wants.
 *
 * @param cards what `arecord -l` prints: the sound cards.
 * @param names what `arecord -L` prints: every name, of which those with a colon stand for a card again.
 */
export function parseSoundDevices(cards: string, names: string): readonly string[] {
  const hardware = cards
    .split('\n')
    .map((line) => CARD.exec(line))
    .flatMap((match) =>
      match === null ? [] : [`plughw:CARD=${match[1]},DEV=${match[3]} (${match[2]?.trim()})`],
    );
  const others = names.split('\n').filter((line) => /^[^\s:]+$/.test(line) && line !== 'null');
  return [...hardware, ...others];
}

/**
 * What there is to record from on this machine, or why there is nothing and what to do, in words.
 *
 * @param deviceFolder where Linux shows the devices of sound cards; elsewhere only in tests.
 */
export async function describeSoundDevices(deviceFolder = '/dev/snd'): Promise<string> {
  const [cards, names] = await Promise.all([list('-l'), list('-L')]);
  const devices = parseSoundDevices(cards, names);
  if (devices.length > 0) return `there are: ${devices.join(', ')}`;
  const files = (await readdir(deviceFolder).catch(() => [])).filter((name) => /^pcmC\d+D\d+c$/.test(name));
  const open = await Promise.all(files.map((name) => isOpenTo(join(deviceFolder, name))));
  return files.length > 0 && !open.includes(true)
    ? 'there is a sound card, but not for this user; join the group: sudo usermod -aG audio $USER, and log in again'
    : 'there is no sound card to record from; plug a microphone in';
}

function isOpenTo(file: string): Promise<boolean> {
  return access(file, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** What arecord lists; nothing where it is missing or finds nothing. */
async function list(which: '-l' | '-L'): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  return run('arecord', [which], { env, timeout: LIST_WITHIN_MS }).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
