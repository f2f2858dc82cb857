import { z } from 'zod';
import {
  defineOutput,
  type Output,
  type OutputContext,
  type Probe,
  type TopicText,
} from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { reasonOf } from '../../contract/errors.js';
import type { EventMessage } from '../../contract/payloads/event.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { Announcer } from '../announcer.js';
import { type Complaints, createComplaints } from '../complaints.js';
import { findProgram } from '../find-program.js';
import { ESPEAK, INSTALL_ESPEAK } from '../sound-out/espeak.js';
import { Mixer } from '../sound-out/mixer.js';
import { createPlayerOpener, findWorkingPlayer } from '../sound-out/open-player.js';
import { findPlayers, PLAYERS, type Playing } from '../sound-out/players.js';
import { SoundLine } from '../sound-out/sound-line.js';
import type { Tone } from '../sound-out/tone.js';
import { createTuning, type Tuning } from '../sound-out/tuning.js';
import { openWavFile } from '../sound-out/wav-file.js';
import { expressionOption } from '../state-expression.js';
import { fillTemplate, templateSchema } from '../text-template.js';
import { topicOption } from '../topic-option.js';

/** A device is not held for a mesh that is silent. */
const IDLE_SECONDS = 10;

const options = z.strictObject({
  frequency: expressionOption
    .optional()
    .describe('a formula for the pitch in hertz, held within 20 and 20000; 440 + real * 440 unless given'),
  volume: expressionOption
    .optional()
    .describe('a formula for the amplitude, held within 0 and 1; coherence unless given'),
  gain: z.number().min(0).max(1).default(1).describe('how loud all of it is, 0 to 1'),
  rate: z.int().min(8000).max(192_000).default(48_000).describe('samples a second'),
  program: z
    .enum(['auto', ...PLAYERS])
    .default('auto')
    .describe('what plays; the first of them that is installed and works unless given'),
  device: z
    .string()
    .regex(/^[^\p{Cc}]{1,200}$/u, 'the name of a device, such as plughw:1')
    .optional()
    .describe('which one: a name of ALSA for aplay, a sink for paplay, a target for pw-cat'),
  buffer: durationSchema(0.01, 1)
    .prefault('30ms')
    .describe('how much sound the device holds; more if it stutters'),
  to: z
    .string()
    .regex(/\.wav$/i, 'a file whose name ends in .wav')
    .optional()
    .describe('a WAV file to write instead of playing; one that is there is written on'),
  announce: z.boolean().default(false).describe('speaks when the mesh emerges and dissolves'),
  say_emerged: templateSchema.default('The mesh is one.').describe('what is spoken when it emerges'),
  say_dissolved: templateSchema
    .default('The mesh has dissolved.')
    .describe('what is spoken when it dissolves'),
  speak_topic: topicOption
    .optional()
    .describe('an MQTT topic whose messages are spoken, such as mesh/output/poet/text'),
  voice: z
    .string()
    .regex(/^[\w+-]{1,50}$/, 'a voice such as en, de or en+f3')
    .default('en')
    .describe('what espeak-ng calls the voice that speaks'),
});
type Options = z.output<typeof options>;

/**
 * Sounds as the mesh does: a sine, its pitch from the real part of the phase, its volume from the coherence.
 *
 * @see seed, OutputAdapter: frequency = 440 + real * 440 Hz, volume = coherence.
 */
export const speakerOutput = defineOutput({ name: 'speaker', options, probe, create: createSpeaker });

async function createSpeaker(settings: Options, context: OutputContext): Promise<Output> {
  const tune = await createTuning(settings);
  if (settings.to === undefined) await findPlayers(playingOf(settings));
  const complaints = createComplaints(context.degrade);
  if (speaks(settings)) complaints('speech')((await speechFault()) ?? null);
  const speaker = new Speaker(settings, tune, createSound(settings, context, complaints));
  if (settings.speak_topic !== undefined) {
    const [hear, away] = [({ text }: TopicText) => speaker.speak(text), complaints('topic')];
    // Not waited for: a broker that is away must not hold up the tone.
    context.hear(settings.speak_topic, hear, { away }).catch((error) => away(reasonOf(error)));
  }
  return speaker;
}

class Speaker implements Output {
  readonly event?: (event: EventMessage) => void;
  private readonly tune: (state: GlobalMessage) => Tuning;
  private readonly sound: Sound;
  /** What the mesh is like; undefined while it is not there. */
  private state: GlobalMessage | undefined;
  private isClosed = false;

  constructor(settings: Options, tune: (state: GlobalMessage) => Tuning, sound: Sound) {
    this.tune = tune;
    this.sound = sound;
    if (settings.announce) this.event = (event) => this.speak(announcementOf(event, this.state, settings));
  }

  write(state: GlobalMessage, signal: AbortSignal): Promise<void> | void {
    if (this.isClosed) return;
    const { tone, line } = this.sound;
    this.state = state;
    try {
      const { frequencyHz, volume } = this.tune(state);
      tone.moveTo(frequencyHz, volume);
    } catch (error) {
      tone.hush();
      return Promise.reject(error);
    }
    const opening = tone.isSilent ? undefined : line.wake();
    if (opening !== undefined) return orAborted(opening, signal);
  }

  /** Nothing is said while the mesh is not there. */
  speak(text: string | undefined): void {
    if (text !== undefined && this.state !== undefined) this.sound.announcer.say(text);
  }

  quiet(): void {
    this.state = undefined;
    this.sound.tone.hush();
    this.sound.announcer.hush();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.quiet();
    await this.sound.line.close();
  }
}

interface Sound {
  readonly tone: Tone;
  readonly line: SoundLine;
  readonly announcer: Announcer;
}

/** What sounds, and the way out for it. */
function createSound(settings: Options, { clock }: OutputContext, complaints: Complaints): Sound {
  const { rate: rateHz, gain, to, voice: language } = settings;
  const mixer = new Mixer(rateHz, gain);
  const line = new SoundLine({
    clock,
    rateHz,
    mixer,
    open:
      to === undefined
        ? createPlayerOpener(playingOf(settings), clock)
        : () => openWavFile(to, rateHz, clock),
    // A file goes on, so that its length is the time.
    idleSeconds: to === undefined ? IDLE_SECONDS : undefined,
    complain: complaints('sound'),
  });
  const { tone, voice } = mixer;
  const wake = (): void => void line.wake();
  const announcer = new Announcer({ clock, rateHz, language, voice, wake, complain: complaints('speech') });
  return { tone, line, announcer };
}

function playingOf({ program, device, rate, buffer }: Options): Playing {
  return { program, device, rateHz: rate, bufferSeconds: buffer };
}

/** What is to be said of an event; nothing of most. */
function announcementOf(
  event: EventMessage,
  state: GlobalMessage | undefined,
  { say_emerged, say_dissolved }: Options,
): string | undefined {
  if (state === undefined || (event.type !== 'emerged' && event.type !== 'dissolved')) return undefined;
  const unified = event.type === 'emerged';
  const { coherence, threshold, phase, nodes, timestamp } = event;
  const then = { ...state, unified, coherence, threshold, phase, nodes, timestamp };
  return fillTemplate(unified ? say_emerged : say_dissolved, then);
}

/** Resolves when the work has, or when `signal` aborts. */
function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) return done();
    signal.addEventListener('abort', done);
    void work.then(done);
  });
}

async function probe(settings: Options): Promise<Probe> {
  const { to } = settings;
  const speech = speaks(settings) ? await speechFault() : undefined;
  const without = speech === undefined ? '' : `; without speech: ${speech}`;
  try {
    const through = to === undefined ? `through ${await findWorkingPlayer(playingOf(settings))}` : `to ${to}`;
    return { ok: true, detail: `sound goes ${through}${without}` };
  } catch (error) {
    return { ok: false, reason: `${reasonOf(error)}${without}` };
  }
}

function speaks({ announce, speak_topic }: Options): boolean {
  return announce || speak_topic !== undefined;
}

/** Why nothing can be spoken here, in a sentence; undefined where it can. */
async function speechFault(): Promise<string | undefined> {
  return (await findProgram(ESPEAK)) === undefined
    ? `found no program ${ESPEAK} on the PATH; install it: ${INSTALL_ESPEAK}`
    : undefined;
}
