export { ClockOffset } from './clock-offset.js';
export { type Contribution, copyContribution, createContribution } from './contribution.js';
export { createEmergenceRule, type EmergenceOptions, type EmergenceRule } from './emergence.js';
export {
  carriesAngle,
  ENCODER_NAMES,
  type Encoder,
  type EncoderName,
  type PhaseEncoderName,
} from './encoder.js';
export { createExpressionEncoder, type ExpressionOptions } from './expression-encoder.js';
export { Grid, type GridOptions, type GridSink } from './grid.js';
export { createLevelEncoder, type LevelOptions } from './level-encoder.js';
export { createLocalPhase, type LocalPhase, type LocalPhaseOptions } from './local-phase.js';
export {
  type MeshOrder,
  type MeshResonance,
  meshCoherence,
  meshOrder,
  meshPhase,
  meshResonance,
} from './mesh-state.js';
export { MeshSums } from './mesh-sums.js';
export { Oscillator, type OscillatorChange, type OscillatorOptions } from './oscillator.js';
export { createPairEncoder } from './pair-encoder.js';
export type { PlainSums } from './plain-sums.js';
export { createPulseEncoder, type PulseEncoder } from './pulse-encoder.js';
export { rayleighPChance } from './rayleigh.js';
export { Resonance, type ResonanceOptions } from './resonance.js';
export { createRhythmEncoder, type RhythmOptions } from './rhythm-encoder.js';
export { createTokenEncoder, type TokenOptions } from './token-encoder.js';
export { createTrendEncoder, type TrendEncoder, type TrendOptions } from './trend-encoder.js';
export { WeBond, type WeBondOptions, type WePartner } from './we-bond.js';
export { Witness, type WitnessOptions } from './witness.js';
