import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { convertUnit, unitNames } from '../../adapters/units.js';
import { createValueReader, valueOptions } from '../../adapters/value-reader.js';
import { faultsOf } from '../../contract/explain.js';

const schema = z.strictObject(valueOptions);
const read = (options: object, message: string | object) => createValueReader(schema.parse(options))(message);

describe('a value', () => {
  test.each([
    [{}, '21.5', 21.5],
    [{}, ' -3e2\n', -300],
    [{}, '21.5 °C', 21.5],
    [{}, '45%', 45],
    [{}, 'ON', 1],
    [{}, 'off', 0],
    [{}, 'true', 1],
    [{ map: { heat: 2, idle: 0.5 } }, 'HEAT', 2],
    [{ map: { on: 5 } }, 'ON', 5],
    [{ path: 'temperature' }, '{"temperature": 21.5}', 21.5],
    [{ path: 'temperature' }, '{"temperature": "21.5"}', 21.5],
    [{ path: 'contact' }, '{"contact": false}', 0],
    [{ path: 'AM2301.Temperature' }, '{"Time":"2026-10-31T18:55:09","AM2301":{"Temperature":21.5}}', 21.5],
    [{ path: 'data[1].price' }, '{"data": [{"price": 1}, {"price": 2}]}', 2],
    [{ path: '["odd key"].value' }, '{"odd key": {"value": 7}}', 7],
    [{ path: "['odd.key']" }, '{"odd.key": 7}', 7],
    [{ path: '[0]' }, '[7]', 7],
    [{ unit: '°C' }, '70.7 °F', 21.5],
    [{ unit: '°C' }, '70.7 F', 21.5],
    [{ unit: '°C', source_unit: 'F' }, '70.7', 21.5],
    [{ unit: '°C', source_unit: 'F' }, '21.5 °C', 21.5],
    [{ unit: 'hPa' }, '101.3 kPa', 1013],
    [{ path: 't', unit: '°C', unit_path: 'TempUnit' }, '{"t": 70.7, "TempUnit": "F"}', 21.5],
    [{ path: 't', unit: '°C', unit_path: 'TempUnit', source_unit: 'K' }, '{"t": 273.15}', 0],
  ])('%j of %j is %d', (options, message, value) => {
    expect(read(options, message)).toEqual({ value: expect.closeTo(value, 9) });
  });

  test('is found in a document that somebody else has parsed', () => {
    expect(read({ path: 'price' }, { price: '12.5' })).toEqual({ value: 12.5 });
  });
});

describe('no value', () => {
  test.each([
    [{}, '', 'found "", expected a number, a number with its unit, or a word of map'],
    [{}, 'unavailable', 'found "unavailable", expected a number'],
    [{}, '1,5', 'found "1,5", expected a number'],
    [{}, '1 2', 'found "1 2", expected a number'],
    [{}, 'NaN', 'found "NaN", expected a number'],
    [{}, '1e999', 'found "1e999", expected a number'],
    [{ path: 'temperature' }, '21.5', 'temperature: found nothing, expected a number'],
    [{ path: 'temperature' }, '{"humidity": 40}', 'temperature: found nothing, expected a number'],
    [{ path: 'temperature' }, '{"temperature": null}', 'temperature: found null, expected a number'],
    [{ path: 'a.b' }, '{"a": 1}', 'a.b: found nothing, expected a number'],
    [{ path: 'constructor' }, '{}', 'constructor: found nothing, expected a number'],
    [{ path: 'temperature' }, '{"temperature": 2', 'which is not JSON, expected a JSON document'],
    [{ unit: '°C' }, '12 hPa', 'found the unit "hPa", expected one that converts to °C'],
    [{ unit: '°C' }, '12 parsecs', 'found the unit "parsecs", expected one that converts to °C'],
    [
      { path: 't', unit: '°C', unit_path: 'TempUnit' },
      '{"t": 1}',
      't: found no unit at TempUnit, expected one that converts to °C',
    ],
  ])('%j of %j', (options, message, reason) => {
    expect(read(options, message)).toEqual({ reason: expect.stringContaining(reason) });
  });

  test('of a long row of digits is found as fast as it is read', () => {
    const start = performance.now();
    expect(read({}, `${'1'.repeat(1_000_000)}!`)).toHaveProperty('reason');
    // A backtracking pattern would take hours.
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('whatever comes gives a finite number or a reason', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.double().map(String)), fc.boolean(), (text, isJson) => {
        const result = read(isJson ? { path: 'a' } : {}, text);
        expect('value' in result ? Number.isFinite(result.value) : result.reason.length > 0).toBe(true);
      }),
    );
  });
});

test.each([
  [{ path: '' }, 'path'],
  [{ path: '.a' }, 'a path such as'],
  [{ path: 'a[b]' }, 'a path such as'],
  [{ path: 'a..b' }, 'a path such as'],
  [{ unit: 'furlong' }, 'a unit such as'],
])('the option %j is refused', (options, expected) => {
  expect(faultsOf(schema, options)[0]?.expected).toContain(expected);
});

test('a unit converts to another and back, within its quantity alone', () => {
  const unit = fc.constantFrom(...unitNames());
  fc.assert(
    fc.property(unit, unit, fc.double({ min: -1e6, max: 1e6, noNaN: true }), (from, to, value) => {
      const there = convertUnit(value, from, to);
      if (there === null) return expect(convertUnit(value, to, from)).toBeNull();
      expect(convertUnit(there, to, from)).toBeCloseTo(value, 3);
    }),
  );
  expect(convertUnit(20, '°C', 'F')).toBeCloseTo(68, 12);
  expect(convertUnit(1, 'K', 'W')).toBeNull();
});
