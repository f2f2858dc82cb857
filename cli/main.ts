#!/usr/bin/env node
import { CommanderError } from 'commander';
import { type ErrorCode, MeshError, reasonOf } from '../contract/errors.js';
import { createProgram } from './program.js';

/** Errors that a person mends in the command or the configuration. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  'ANALYSIS_INVALID',
  'BROKER_LISTEN_INVALID',
  'BROKER_NOT_LOOPBACK',
  'CONFIG_INVALID',
  'CONFIG_UNREADABLE',
]);

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof MeshError && USAGE_CODES.has(error.code) ? 2 : 1;
}

// Whoever read our output has gone (`becomingone watch | head`): that is no reason to crash.
process.stdout.on('error', () => {});

try {
  await createProgram().parseAsync(process.argv);
  process.exitCode ??= 0;
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) process.stderr.write(`becomingone: ${reasonOf(error)}\n`);
}
