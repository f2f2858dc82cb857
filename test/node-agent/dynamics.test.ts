import { describe, expect, test } from '@jest/globals';
import { resonanceMessageSchema } from '../../contract/payloads/resonance.js';
import { agentOptions, startAgentBench } from './agent-bench.js';

const turning = {
  hardware: 'pi-zero',
  inputs: { wheel: { adapter: 'synthetic', waveform: 'rotation', frequency: 2, every: 0.01 } },
};

const globalMessage = (magnitude: number, angle: number, live = 2) => ({
  coherence: 1,
  phase: { real: 0, imag: 0 },
  identity: null,
  threshold: 0.75,
  unified: true,
  order: { magnitude, angle, p_chance: 1 },
  nodes: { live, known: live },
  messages: 1,
  session: 'worker',
  sequence: 1,
  timestamp: '2027-01-15T08:00:00.000Z',
});

describe('resonance', () => {
  test('of a steady turn is 1 at every eligible lag, with arg T = W tau, and collapsed', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { wheel: turning } }));
    await mesh.advance(5);
    const { resonance, collapsed, witness, session } = resonanceMessageSchema.parse(
      mesh.last('mesh/wheel/resonance'),
    );
    expect({ collapsed, session }).toEqual({ collapsed: true, session: 'session-1' });
    expect(witness?.residual).toBeLessThan(0.5);
    expect(resonance.at(-1)?.tau).toBeGreaterThanOrEqual(1);
    for (const { tau, real, imag, power } of resonance.slice(0, 15)) {
      expect(power).toBeCloseTo(1, 6);
      expect(real).toBeCloseTo(Math.cos(4 * Math.PI * tau), 6);
      expect(imag).toBeCloseTo(Math.sin(4 * Math.PI * tau), 6);
    }
    const phase = mesh.last('mesh/wheel/phase');
    expect(phase).toMatchObject({ collapsed: true, resonance: { tau: expect.closeTo(0.01, 9) } });
    expect(Math.hypot(phase.resonance.real, phase.resonance.imag)).toBeCloseTo(1, 6);
  });

  test('comes at most once a publishing interval', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { wheel: turning } }));
    await mesh.advance(1);
    expect(mesh.texts('mesh/wheel/resonance').length).toBe(mesh.texts('mesh/wheel/phase').length);
    expect(mesh.texts('mesh/wheel/resonance').length).toBeLessThanOrEqual(11);
  });

  test('is not published without a known period, nor where tau_max is below it', async () => {
    await using mesh = await startAgentBench();
    const slow = { tau_base: 0.01, tau_max: 0.05, inputs: { x: { adapter: 'synthetic', every: 0.1 } } };
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs: { temperature: {} } }, slow } }));
    await mesh.send('mesh/kitchen/input/temperature', '20');
    await mesh.advance(3);
    expect(mesh.heard.filter(({ topic }) => topic.endsWith('/resonance'))).toEqual([]);
    expect(mesh.last('mesh/kitchen/phase')).not.toHaveProperty('collapsed');
    expect(mesh.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'node has no resonance' }),
    );
  });

  test('of a frozen sensor is released', async () => {
    await using mesh = await startAgentBench();
    const node = { tau_base: 0.1, tau_max: 5, inputs: { x: { every: 0.1, encoder: 'pair' } } };
    await mesh.start(agentOptions({ nodes: { tone: node } }));
    for (let step = 0; step < 200; step += 1) {
      const rad = step / 2;
      mesh.publish('mesh/tone/input/x', { real: Math.cos(rad), imag: Math.sin(rad) });
      await mesh.advance(0.1);
    }
    expect(mesh.last('mesh/tone/phase')).toMatchObject({ collapsed: true });
    await mesh.advance(10);
    expect(mesh.last('mesh/tone/phase')).toMatchObject({ collapsed: false });
  });
});

describe('mesh/<node>/set', () => {
  test('changes tau_base and alpha from the next reading on, and the info says so', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs: { temperature: {} } } } }));
    await mesh.send('mesh/kitchen/input/temperature', '0');
    await mesh.send('mesh/kitchen/set', { tau_base: 2 });
    expect(mesh.last('mesh/kitchen/info')).toMatchObject({ tau_base: 2 });
    await mesh.advance(1);
    await mesh.send('mesh/kitchen/input/temperature', '100');
    await mesh.advance(1);
    const followed = 1 - Math.exp(-0.5);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(followed, 9);
    await mesh.send('mesh/kitchen/set', { alpha: 0.25 });
    await mesh.send('mesh/kitchen/input/temperature', '0');
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(0.75 * followed, 9);
    await mesh.send('mesh/kitchen/set', { alpha: null });
    await mesh.advance(1);
    await mesh.send('mesh/kitchen/input/temperature', '0');
    await mesh.advance(1);
    expect(mesh.last('mesh/kitchen/phase').phase.real).toBeCloseTo(0.75 * followed * Math.exp(-1), 9);
  });

  test.each([
    [{ tau_base: 90 }, 'tau_base: found 90, expected at most tau_max (60)'],
    [{ tau_base: 0 }, 'tau_base: found 0, expected a number above 0'],
    [{ alpha: 2 }, 'alpha: found 2, expected a number at most 1'],
    [{ tau: 2 }, 'tau: found the unknown key "tau"'],
    [{ oscillator: { coupling: 1 } }, 'found oscillator, expected tau_base or alpha: this node senses'],
    ['loud', 'which is not JSON'],
  ])('%j is refused with the reason, and nothing changes', async (message, reason) => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs: { temperature: {} } } } }));
    mesh.forget();
    await mesh.send('mesh/kitchen/set', message);
    expect(mesh.last('mesh/kitchen/error')).toMatchObject({
      topic: 'mesh/kitchen/set',
      reason: expect.stringContaining(reason),
    });
    expect(mesh.texts('mesh/kitchen/info')).toEqual([]);
  });

  test('that the broker had kept, or for a node of others, is not obeyed', async () => {
    await using mesh = await startAgentBench();
    await mesh.send('mesh/kitchen/set', { tau_base: 5 }, { retain: true });
    await mesh.start(agentOptions({ nodes: { kitchen: { inputs: { temperature: {} } } } }));
    await mesh.send('mesh/bath/set', { tau_base: 5 });
    expect(mesh.last('mesh/kitchen/info')).toMatchObject({ tau_base: 1 });
    expect(mesh.heard.filter(({ topic }) => topic.endsWith('/error'))).toEqual([]);
  });
});

describe('an oscillator', () => {
  const nodes = { metronome: { interval: 0.1, oscillator: { frequency: 0.5, coupling: 0 } } };
  const angle = ({ phase }: { phase: { real: number; imag: number } }) => Math.atan2(phase.imag, phase.real);

  test('turns at its own frequency on the unit circle while the mesh says nothing', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes }));
    await mesh.advance(0.5);
    const message = mesh.last('mesh/metronome/phase');
    expect(message).toMatchObject({ encoder: 'oscillator', coherence: 1 });
    expect(angle(message)).toBeCloseTo(Math.PI / 2, 9);
  });

  test('is drawn to the mesh once it is coupled, and let go when the mesh falls silent', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(
      agentOptions({ nodes: { metronome: { oscillator: { frequency: 0, coupling: 0, phase: 2 } } } }),
    );
    await mesh.send('mesh/metronome/set', { oscillator: { coupling: 5 } });
    for (let second = 0; second < 5; second += 1) {
      await mesh.send('mesh/global', globalMessage(1, 0.5));
      await mesh.advance(1);
    }
    expect(angle(mesh.last('mesh/metronome/phase'))).toBeCloseTo(0.5, 3);
    await mesh.send('mesh/metronome/set', { oscillator: { frequency: 0.25 } });
    await mesh.advance(10);
    const before = angle(mesh.last('mesh/metronome/phase'));
    await mesh.advance(1);
    const turned = angle(mesh.last('mesh/metronome/phase')) - before;
    expect(Math.cos(turned - Math.PI / 2)).toBeCloseTo(1, 6);
  });

  test('does not follow a mesh message that the broker had kept', async () => {
    await using mesh = await startAgentBench();
    await mesh.send('mesh/global', globalMessage(1, 1), { retain: true });
    await mesh.start(
      agentOptions({ nodes: { metronome: { oscillator: { frequency: 0, coupling: 5, phase: 2 } } } }),
    );
    await mesh.advance(2);
    expect(angle(mesh.last('mesh/metronome/phase'))).toBeCloseTo(2, 9);
  });

  test('answers readings and tau_base with what it is', async () => {
    await using mesh = await startAgentBench();
    await mesh.start(agentOptions({ nodes }));
    await mesh.send('mesh/metronome/input/x', '1');
    expect(mesh.last('mesh/metronome/error').reason).toContain('this node is an oscillator');
    await mesh.advance(1.1);
    await mesh.send('mesh/metronome/set', { tau_base: 1 });
    expect(mesh.last('mesh/metronome/error').reason).toContain('expected oscillator alone');
  });
});

test('a formula encodes readings, and a wrong one ends the start with its place', async () => {
  await using mesh = await startAgentBench();
  const input = (formula: string) => ({
    nodes: { day: { inputs: { hour: { encoder: { name: 'expression', formula } } } } },
  });
  await mesh.start(agentOptions(input('exp(2*pi*i*x/24)')));
  await mesh.send('mesh/day/input/hour', '6');
  expect(mesh.last('mesh/day/phase')).toMatchObject({
    phase: { real: expect.closeTo(0, 12), imag: 1 },
    encoder: 'expression',
  });
  await expect(mesh.start(agentOptions(input('import("fs")')))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('nodes.day.inputs.hour.encoder.formula'),
  });
});

test('a pulse turns between its events', async () => {
  await using mesh = await startAgentBench();
  const node = { alpha: 1, interval: 0.25, inputs: { beat: { encoder: 'pulse' } } };
  await mesh.start(agentOptions({ nodes: { heart: node } }));
  for (let beat = 0; beat < 3; beat += 1) {
    await mesh.send('mesh/heart/input/beat', '1');
    await mesh.advance(1);
  }
  await mesh.send('mesh/heart/input/beat', '1');
  await mesh.advance(0.25);
  const { phase } = mesh.last('mesh/heart/phase');
  expect(Math.atan2(phase.imag, phase.real)).toBeCloseTo(Math.PI / 2, 6);
});
