import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { durationSchema } from '../contract/config/duration.js';
import { LOG_LEVELS } from './logger.js';
import type {
  AnalyzeOptions,
  CommonOptions,
  DataOptions,
  DiscoverOptions,
  DoctorOptions,
  PortOptions,
} from './options.js';
import { readVersion } from './version.js';

/** The command line; each command's code is loaded only when it is called. */
export function createProgram(): Command {
  const program = new Command('becomingone')
    .description('Are these sensors, machines or people moving together, and when did that begin?')
    .version(readVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: false });
  ports(command(program, 'up', 'everything in one process: broker, sync worker, node agent, outputs')).action(
    async (options: PortOptions) => (await import('./commands/up.js')).up(options),
  );
  ports(command(program, 'broker', 'the MQTT broker alone')).action(async (options: PortOptions) =>
    (await import('./commands/parts.js')).broker(options),
  );
  command(program, 'node-agent', "turns this machine's sensors into phases").action(
    async (options: CommonOptions) => (await import('./commands/parts.js')).nodeAgent(options),
  );
  data(command(program, 'sync-worker', 'combines all phases into one')).action(async (options: DataOptions) =>
    (await import('./commands/parts.js')).syncWorker(options),
  );
  data(command(program, 'adapters', 'turns coherence into what the outputs show, say and move')).action(
    async (options: DataOptions) => (await import('./commands/parts.js')).adapters(options),
  );
  command(program, 'watch', 'a live view of the mesh in the terminal').action(
    async (options: CommonOptions) => (await import('./commands/watch.js')).watch(options),
  );
  command(program, 'discover', 'hears what devices publish and writes a configuration of them to review')
    .option('--seconds <duration>', 'how long to listen', readListening, 10)
    .option('--write <file>', 'to a new file instead of standard output', readNewFile)
    .action(async (options: DiscoverOptions) => (await import('./commands/discover.js')).discover(options));
  command(program, 'doctor', 'what works on this machine and in this mesh, what does not, and why')
    .option('--json', 'JSON instead of a table')
    .action(async (options: DoctorOptions) => (await import('./commands/doctor.js')).doctor(options));
  analysis(command(program, 'analyze', 'the estimators on a recording')).action(
    async (file: string, options: AnalyzeOptions) =>
      (await import('./commands/analyze.js')).analyze(file, options),
  );
  const config = program.command('config').description('the configuration').exitOverride();
  command(config, 'check', 'validates a configuration')
    .argument('[file]', 'the file; the one that would be used unless given')
    .action(async (file: string | undefined, options: CommonOptions) =>
      (await import('./commands/config.js')).checkConfig(file, options),
    );
  return program;
}

/** The commands, as docker-compose.yml and the documentation name them. */
export function commandNames(): string[] {
  return createProgram().commands.map((one) => one.name());
}

function command(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .exitOverride()
    .option(
      '--config <file>',
      'configuration (else $BECOMINGONE_CONFIG, ./becomingone.yaml, /etc/becomingone/)',
    )
    .option('--broker <url>', 'use this broker, e.g. mqtt://192.168.1.10:1883')
    .addOption(
      new Option('--log-level <level>', 'how much is logged').choices([...LOG_LEVELS]).default('info'),
    );
}

function data(one: Command): Command {
  return one.option('--data <folder>', 'where data lie (else $BECOMINGONE_DATA, ~/.local/share/becomingone)');
}

function ports(one: Command): Command {
  return data(one)
    .option('--port <number>', 'MQTT port, 0 for a free one', readPort)
    .option('--http-port <number>', 'HTTP port, 0 for a free one', readPort);
}

function analysis(one: Command): Command {
  return one
    .argument('<file>', 'CSV with the columns time,value or time,real,imag; - for standard input')
    .option('--period <seconds>', 'between two samples; told from the times unless given', readDuration)
    .option('--column <name>', "the value's column, where it is not called value")
    .option('--encoder <name...>', 'trend, level, token, pair, rhythm, pulse, or expression "FORMULA"')
    .option('--min <number>', 'level: the reading that gives 0', readNumber)
    .option('--max <number>', 'level: the reading that gives 1', readNumber)
    .option('--frequency <hertz>', 'rhythm: the one looked for', readNumber)
    .option('--bandwidth <hertz>', 'rhythm: how wide; a tenth of the frequency unless given', readNumber)
    .option('--memory <seconds>', 'trend: how far back its ups and downs count', readDuration)
    .option('--context <tokens>', 'token: tokens in the context', readNumber)
    .option(
      '--tau-base <seconds>',
      'how fast the local phase follows; the shortest lag that counts',
      readDuration,
    )
    .option('--tau-max <seconds>', 'the longest lag', readDuration, 60)
    .option('--window <seconds>', 'how long the past counts; twice tau-max unless given', readDuration)
    .option('--omega <rad/s>', 'of the ambiguity function', readNumber, 0)
    .option('--json', 'JSON instead of a table')
    .option('--plot <file.svg>', 'draw resonance over lag');
}

function readNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`found ${text}, expected a number.`);
}

function readDuration(text: string): number {
  const seconds = durationSchema().safeParse(Number.isNaN(Number(text)) ? text : Number(text));
  if (seconds.success) return seconds.data;
  throw new InvalidArgumentError(`found ${text}, expected seconds, or a duration such as 10ms or 5m.`);
}

/** No longer than a timer can wait. */
function readListening(text: string): number {
  const seconds = readDuration(text);
  if (seconds <= 86_400) return seconds;
  throw new InvalidArgumentError(`found ${text}, expected at most 1d.`);
}

function readNewFile(file: string): string {
  if (existsSync(file)) throw new InvalidArgumentError(`${file} is there already, and stays as it is.`);
  if (existsSync(dirname(resolve(file)))) return file;
  throw new InvalidArgumentError(`there is no folder ${dirname(resolve(file))}.`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError(`found ${text}, expected a port from 0 to 65535.`);
}
