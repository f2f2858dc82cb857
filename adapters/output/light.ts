import { z } from 'zod';
import { defineOutput, type Output, type OutputContext } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import { colourOptions, createLightColour, type LightColour } from '../light-colour.js';
import { LIGHT_COMMANDS } from '../light-commands.js';
import { createPacedPublisher } from '../paced-publisher.js';
import { topicOption } from '../topic-option.js';

const options = z.strictObject({
  kind: z
    .enum(['zigbee2mqtt', 'tasmota', 'esphome'])
    .default('zigbee2mqtt')
    .describe('what the lamp is told in'),
  topic: topicOption.describe(
    'where it is told: zigbee2mqtt/<name>/set, cmnd/<topic>/Backlog or <prefix>/light/<name>/command',
  ),
  ...colourOptions,
  saturation: z.number().min(0).max(1).default(1).describe('1: the pure colour; 0: white'),
  most: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('the brightness that 1 stands for, of what the lamp can give'),
  step: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.01)
    .describe('brightness and hue are told in steps of so much of their range, so that noise tells nothing'),
  every: durationSchema(0.05).prefault('0.5s').describe('between two commands, at least'),
  transition: durationSchema(0, 20).prefault('0.5s').describe('how long the lamp takes to get there'),
  quiet: z.enum(['off', 'hold']).default('off').describe('what the lamp does while the mesh is not there'),
});
type Options = z.output<typeof options>;

/** Lets a lamp of the house shine as the mesh does, over MQTT. */
export const lightOutput = defineOutput({ name: 'light', options, create: createLight });

async function createLight(settings: Options, context: OutputContext): Promise<Output> {
  const { kind, topic, saturation, most, step, every, transition, quiet } = settings;
  const colourOf = await createLightColour(settings);
  const publisher = createPacedPublisher(context, { everySeconds: every });
  const command = (colour: LightColour | null) =>
    LIGHT_COMMANDS[kind](colour, { topic, saturation, transitionSeconds: transition });
  let shines = false;
  let isOver = false;
  const goDark = (): void => {
    if (!shines || quiet === 'hold') return;
    shines = false;
    publisher.publishNow(command(null));
  };
  return {
    async write(state, signal) {
      if (isOver) return;
      const colour = colourOf(state);
      shines = true;
      await publisher.publish(command(inSteps(colour, step, most)), signal);
    },
    quiet: goDark,
    close() {
      goDark();
      isOver = true;
    },
  };
}

function inSteps({ hueDegrees, brightness }: LightColour, step: number, most: number): LightColour {
  return {
    hueDegrees: (Math.round(hueDegrees / (360 * step)) * 360 * step) % 360,
    brightness: Math.min(1, Math.round(brightness / step) * step) * most,
  };
}
