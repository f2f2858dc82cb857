import { expect, test } from '@jest/globals';
import { inputDefinitions } from '../../../adapters/input/registry.js';
import { describeInput, type InputExample } from './input-suite.js';

const examples: Record<string, InputExample> = {
  'mqtt-input': { options: {}, messages: ['21.5', '{"value": -3}', '{"real": 0.5, "imag": 1}', 'NaN'] },
  synthetic: { options: { waveform: 'rotation', noise: 0.3 } },
  system: { options: { signal: 'memory' } },
};

test('every input has an example', () => {
  expect(Object.keys(examples).sort()).toEqual(inputDefinitions.map(({ name }) => name).sort());
});

for (const definition of inputDefinitions) {
  describeInput(definition, { options: {}, ...examples[definition.name] });
}
