import type { I2cChip } from './fake-rpio.js';

/** The example of BST-BMP280-DS001, section 3.12: trimming values, and what the converters gave. */
export const EXAMPLE = {
  t: [27504, 26435, -1000],
  p: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
  /** Not of the datasheet, which has no example: of a BME280, H4 and H5 of which share a byte. */
  h: [75, 370, 0, 313, 50, 30],
  adcT: 519888,
  adcP: 415148,
  adcH: 30000,
} as const;

export interface FakeBosch extends I2cChip {
  readonly memory: Buffer;
  /** What the converters give at the next measurement. */
  adcT: number;
  adcP: number;
  adcH: number;
  /** How often it is still measuring when the status is asked. */
  busyFor: number;
  /** How often it is still copying its trimming values, which read as 0 until then. */
  copyingFor: number;
  readonly writes: (readonly [register: number, value: number])[];
}

const TRIMMING = 0x88;
const STATUS = 0xf3;
const CTRL_HUM = 0xf2;
const CTRL_MEAS = 0xf4;

/** A BME280 or BMP280 by its registers (BST-BME280-DS002, section 5; BST-BMP280-DS001, section 4). */
export function createFakeBosch(chip: 'bme280' | 'bmp280', trimming = EXAMPLE): FakeBosch {
  const memory = Buffer.alloc(256);
  memory[0xd0] = chip === 'bme280' ? 0x60 : 0x58;
  writeTrimming(memory, chip, trimming);
  writeData(memory, 0x80000, 0x80000, 0x8000);
  let pointer = 0;
  let pending = false;
  let busy = 0;
  const fake: FakeBosch = {
    memory,
    adcT: trimming.adcT,
    adcP: trimming.adcP,
    adcH: trimming.adcH,
    busyFor: 1,
    copyingFor: 0,
    writes: [],
    write(bytes) {
      pointer = bytes[0] ?? 0;
      for (let index = 0; index + 1 < bytes.length; index += 2) {
        const [register = 0, value = 0] = bytes.subarray(index, index + 2);
        fake.writes.push([register, value]);
        memory[register] = value;
        if (register === CTRL_MEAS && (value & 0b11) === 0b01) {
          pending = true;
          busy = fake.busyFor;
        }
      }
    },
    read(length) {
      const bytes = Buffer.from(memory.subarray(pointer, pointer + length));
      if (fake.copyingFor > 0 && pointer === TRIMMING) bytes.fill(0);
      if (pointer === STATUS) {
        bytes[0] = (busy > 0 ? 0b1000 : 0) | (fake.copyingFor > 0 ? 0b0001 : 0);
        busy = Math.max(0, busy - 1);
        fake.copyingFor = Math.max(0, fake.copyingFor - 1);
      }
      if (pending && busy === 0) {
        pending = false;
        const { adcT, adcP, adcH } = fake;
        const isOn = (shift: number): boolean => (((memory[CTRL_MEAS] ?? 0) >> shift) & 0b111) !== 0;
        const humidity = chip === 'bme280' && (memory[CTRL_HUM] ?? 0) !== 0;
        writeData(memory, isOn(5) ? adcT : 0x80000, isOn(2) ? adcP : 0x80000, humidity ? adcH : 0x8000);
        memory[CTRL_MEAS] = (memory[CTRL_MEAS] ?? 0) & ~0b11;
      }
      return bytes;
    },
  };
  return fake;
}

function writeTrimming(
  memory: Buffer,
  chip: string,
  { t, p, h }: Pick<typeof EXAMPLE, 't' | 'p' | 'h'>,
): void {
  for (const [index, word] of [...t, ...p].entries()) memory.writeUInt16LE(word & 0xffff, 0x88 + 2 * index);
  if (chip !== 'bme280') return;
  const [h1, h2, h3, h4, h5, h6] = h;
  memory[0xa1] = h1;
  memory.writeInt16LE(h2, 0xe1);
  memory[0xe3] = h3;
  memory[0xe4] = (h4 >> 4) & 0xff;
  memory[0xe5] = (h4 & 0x0f) | ((h5 & 0x0f) << 4);
  memory[0xe6] = (h5 >> 4) & 0xff;
  memory.writeInt8(h6, 0xe7);
}

function writeData(memory: Buffer, adcT: number, adcP: number, adcH: number): void {
  memory.writeUIntBE(adcP << 4, 0xf7, 3);
  memory.writeUIntBE(adcT << 4, 0xfa, 3);
  memory.writeUInt16BE(adcH, 0xfd);
}
