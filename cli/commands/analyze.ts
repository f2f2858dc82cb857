import { writeFile } from 'node:fs/promises';
import { type EncoderConfig, encoderSchema } from '../../contract/config/encoder.js';
import { MeshError, reasonOf } from '../../contract/errors.js';
import { explain } from '../../contract/explain.js';
import type { Encoder } from '../../kairos/encoder.js';
import { loadExpressionEncoders } from '../../kairos/expression-encoder.js';
import { createEncoder } from '../../node-agent/encoders.js';
import { Analysis } from '../analyze/analysis.js';
import { plotResonance } from '../analyze/plot.js';
import { openRecording } from '../analyze/recording.js';
import { reportAnalysis } from '../analyze/report.js';
import type { AnalyzeOptions } from '../options.js';
import { readSettings } from '../settings.js';

const PROGRESS_EVERY = 100_000;

/** `becomingone analyze FILE.csv|-`. */
export async function analyze(file: string, options: AnalyzeOptions): Promise<void> {
  const { mesh } = await readSettings(options.config);
  const { isComplex, samples } = await openRecording(file, options.period, options.column);
  const tauBaseSeconds = options.tauBase ?? Math.min(1, options.tauMax);
  try {
    const analysis = new Analysis(await encoderOf(options, isComplex, tauBaseSeconds), {
      periodSeconds: options.period,
      tauBaseSeconds,
      tauMaxSeconds: options.tauMax,
      windowSeconds: options.window,
      omega: options.omega,
      collapse: mesh.collapse,
    });
    let count = 0;
    for await (const sample of samples) {
      analysis.take(sample);
      count += 1;
      if (process.stderr.isTTY && count % PROGRESS_EVERY === 0) process.stderr.write(`\r${count} samples `);
    }
    if (process.stderr.isTTY && count >= PROGRESS_EVERY) process.stderr.write('\r\x1b[K');
    const result = analysis.finish();
    if (options.plot !== undefined) await writeFile(options.plot, plotResonance(result, mesh.collapse, file));
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : reportAnalysis(result));
  } catch (error) {
    if (error instanceof RangeError)
      throw new MeshError('ANALYSIS_INVALID', reasonOf(error), { cause: error });
    throw error;
  }
}

async function encoderOf(
  options: AnalyzeOptions,
  isComplex: boolean,
  tauBaseSeconds: number,
): Promise<Encoder> {
  const [name = isComplex ? 'pair' : 'trend', formula] = options.encoder ?? [];
  const config = encoderConfig(name, formula, options);
  const expressions = config.name === 'expression' ? await loadExpressionEncoders() : undefined;
  return createEncoder(config, { node: 'recording', channel: 'value', tauBaseSeconds, expressions });
}

/** The encoder as a configuration would name it, so that one schema judges both. */
function encoderConfig(name: string, formula: string | undefined, options: AnalyzeOptions): EncoderConfig {
  const { min, max, frequency, bandwidth, memory, context } = options;
  const given = { formula, min, max, frequency, bandwidth, memory, context };
  const written = {
    name,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  const config = encoderSchema.safeParse(written);
  if (!config.success) throw invalid(`--encoder ${name}: ${explain(encoderSchema, written)}`);
  if (name === 'level' && min === undefined)
    throw invalid('--encoder level: found no range, expected --min and --max');
  return config.data;
}

function invalid(detail: string): MeshError {
  return new MeshError('ANALYSIS_INVALID', detail);
}
