import { z } from 'zod';
import { defineOutput, type Output, type OutputContext, type Probe } from '../../contract/adapters.js';
import { durationSchema } from '../../contract/config/duration.js';
import type { GlobalMessage } from '../../contract/payloads/global.js';
import { createComplaints } from '../drive/complaints.js';
import { createEnableSwitch } from '../drive/enable-switch.js';
import type { MotorDrive } from '../drive/motor-drive.js';
import { motorPinsSchema } from '../drive/motor-pins.js';
import { dryRunOption, mappingOption } from '../drive/pin-option.js';
import { probePins } from '../drive/probe-pins.js';
import { limited, type SpeedPair } from '../drive/speed-pair.js';
import { createTwistDrive } from '../drive/twist-drive.js';
import { openWheelDrive } from '../drive/wheel-drive.js';
import { watchIdle } from '../idle-limit.js';
import { createMapping, expressionOption } from '../state-expression.js';
import { topicOption } from '../topic-option.js';

const options = z.strictObject({
  velocity: expressionOption
    .optional()
    .describe('a formula for the speed ahead, held within -1 to 1; (real - 0.5) * 2 unless given'),
  rotation: expressionOption
    .optional()
    .describe('a formula for the turn to the left, held within -1 to 1; (imag - 0.5) * 2 unless given'),
  slew: z
    .number()
    .positive()
    .max(1000)
    .default(2)
    .describe('how much a speed may change in a second, 1 being full speed; stopping is at once'),
  dead_man: durationSchema(0.05, 60)
    .prefault('1.5s')
    .describe('without a fresh, unified state for so long they stand still'),
  enable_topic: topicOption
    .optional()
    .describe('they stand still until ON, true or 1 comes on it, and at OFF, false or 0'),
  pins: motorPinsSchema.optional().describe('two motors on the pins of a Raspberry Pi'),
  mapping: mappingOption,
  pwm_frequency: z.number().min(100).max(20_000).default(1000).describe('pins: of the pulses, hertz'),
  deadband: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.05)
    .describe('pins: a wheel that would turn slower than this share of full speed stands still'),
  dry_run: dryRunOption,
  cmd_vel_topic: z
    .string()
    .regex(/^[^+#\0]{1,1000}$/u, 'an MQTT topic such as robot/cmd_vel')
    .optional()
    .describe('where a geometry_msgs/Twist is published as JSON'),
  max_speed: z.number().positive().max(1000).default(0.5).describe('cmd_vel: m/s at velocity 1'),
  max_turn: z.number().positive().max(1000).default(1).describe('cmd_vel: rad/s at rotation 1'),
  every: durationSchema(0.01, 10).prefault('100ms').describe('cmd_vel: between two messages'),
});
type Options = z.output<typeof options>;

const NO_WAY = 'found neither pins nor cmd_vel_topic, expected at least one of them';

/**
 * Drives a robot with a wheel on each side while the mesh is one, by pins, by messages for ROS, or both. It stands
 * still whenever it is not told to move: at the start, at silence, while the mesh is not one, and at any fault.
 *
 * @see seed, OutputAdapter: velocity = (real - 0.5) * 2, rotation = (imag - 0.5) * 2.
 */
export const motorsOutput = defineOutput({ name: 'motors', options, probe, create: createMotors });

async function createMotors(settings: Options, context: OutputContext): Promise<Output> {
  const { clock, log } = context;
  const motionOf = await createMotion(settings);
  const complain = createComplaints(context.degrade);
  const drives = await openDrives(settings, { ...context, degrade: complain() });
  let isClosed = false;
  const halt = (): void => {
    for (const drive of drives) drive.stop();
  };
  const deadMan = watchIdle(clock, settings.dead_man, () => {
    log.debug({ seconds: settings.dead_man }, 'no fresh, unified state: the motors stand still');
    halt();
  });
  const enable = createEnableSwitch({ ...context, degrade: complain() }, settings.enable_topic, halt);
  return {
    write(state) {
      if (isClosed) return;
      if (!state.unified || state.identity === null || !enable.isOn) return halt();
      try {
        const motion = motionOf(state);
        for (const drive of drives) drive.aim(motion);
        deadMan.heard();
      } catch (error) {
        halt();
        throw error;
      }
    },
    quiet: halt,
    async close() {
      isClosed = true;
      deadMan.stop();
      enable.close();
      await Promise.all(drives.map((drive) => drive.close()));
    },
  };
}

async function createMotion(settings: Options): Promise<(state: GlobalMessage) => SpeedPair> {
  const velocity = await createMapping('velocity', settings.velocity, ({ phase }) => (phase.real - 0.5) * 2);
  const rotation = await createMapping('rotation', settings.rotation, ({ phase }) => (phase.imag - 0.5) * 2);
  return (state) => [limited(velocity(state)), limited(rotation(state))];
}

async function openDrives(settings: Options, context: OutputContext): Promise<MotorDrive[]> {
  const { pins, mapping, pwm_frequency, deadband, slew, dry_run, cmd_vel_topic } = settings;
  const drives: MotorDrive[] = [];
  if (pins !== undefined) {
    const shape = { pins, mapping, pwmHz: pwm_frequency, deadband, slewPerSecond: slew, dryRun: dry_run };
    drives.push(await openWheelDrive(shape, { clock: context.clock, complain: context.degrade }));
  }
  if (cmd_vel_topic !== undefined) {
    const { every: everySeconds, max_speed: maxSpeed, max_turn: maxTurn } = settings;
    const shape = { topic: cmd_vel_topic, everySeconds, slewPerSecond: slew, maxSpeed, maxTurn };
    drives.push(createTwistDrive(shape, context));
  }
  if (drives.length > 0) return drives;
  throw new RangeError(NO_WAY);
}

async function probe({ pins, dry_run, cmd_vel_topic }: Options): Promise<Probe> {
  if (pins === undefined && cmd_vel_topic === undefined) return { ok: false, reason: NO_WAY };
  const topic = cmd_vel_topic === undefined ? [] : [`publishes on ${cmd_vel_topic}`];
  if (pins === undefined) return { ok: true, detail: topic.join('') };
  const probed = await probePins('pwm', dry_run);
  return probed.ok ? { ok: true, detail: [probed.detail, ...topic].join(', ') } : probed;
}
