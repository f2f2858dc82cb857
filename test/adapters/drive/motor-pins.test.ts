import { describe, expect, test } from '@jest/globals';
import { motorGpios, motorPinsSchema } from '../../../adapters/drive/motor-pins.js';
import { explain } from '../../../contract/explain.js';

const MODEL = 'Raspberry Pi 3 Model B Plus Rev 1.3';

describe('the pins of two motors', () => {
  test('are counted on the header, or as Broadcom does', () => {
    const onHeader = {
      left: { enable: 12, in1: 11, in2: 13 },
      right: { forward: 33, backward: 35 },
    };
    const expected = {
      left: { enable: 18, in1: 17, in2: 27 },
      right: { forward: 13, backward: 19 },
    };
    expect(motorGpios(onHeader, 'physical', MODEL)).toEqual(expected);
    expect(motorGpios(expected, 'gpio', MODEL)).toEqual(expected);
  });

  test.each([
    [
      { left: { enable: 17, in1: 5, in2: 6 }, right: { enable: 13, in1: 22, in2: 23 } },
      'pins.left: found GPIO17, which has no PWM, expected GPIO12, 13, 18 or 19 (pins 32, 33, 12, 35)',
    ],
    [
      { left: { enable: 12, in1: 5, in2: 6 }, right: { enable: 18, in1: 22, in2: 23 } },
      'pins: found both motors on one PWM channel, expected GPIO12 or 18 for one and GPIO13 or 19 for the other',
    ],
    [
      { left: { forward: 12, backward: 13 }, right: { forward: 18, backward: 19 } },
      'pins.left: found GPIO12 and GPIO13, which are two PWM channels, expected GPIO12 and 18, or GPIO13 and 19',
    ],
    [
      { left: { enable: 12, in1: 5, in2: 6 }, right: { enable: 13, in1: 6, in2: 23 } },
      'pins: found GPIO6 twice, expected each pin once',
    ],
  ])('%j are refused', (pins, sentence) => {
    expect(() => motorGpios(pins, 'gpio', MODEL)).toThrow(new RangeError(sentence));
  });

  test('that carry no signal are refused', () => {
    const pins = { left: { enable: 12, in1: 1, in2: 13 }, right: { forward: 33, backward: 35 } };
    expect(() => motorGpios(pins, 'physical', MODEL)).toThrow(
      'found pin 1, which carries no signal, expected one that is a GPIO',
    );
  });

  test('are three for a motor, or two, and nothing else', () => {
    const right = { forward: 33, backward: 35 };
    expect(explain(motorPinsSchema, { left: { enable: 12, in1: 11 }, right })).toContain(
      'left.in2: found nothing',
    );
    expect(explain(motorPinsSchema, { left: { forward: 12, backward: -1 }, right })).toContain(
      'left.backward: found -1',
    );
    const either = 'the pins {enable, in1, in2} or {forward, backward}';
    expect(explain(motorPinsSchema, { right })).toBe(`left: found nothing, expected ${either}`);
    expect(explain(motorPinsSchema, { left: 12, right })).toBe(`left: found 12, expected ${either}`);
  });
});
