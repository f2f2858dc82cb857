/** How a sound is written down: one channel of 16-bit signed little-endian samples. */
const BYTES_A_SAMPLE = 2;
const HEADER_BYTES = 44;
const PCM = 1;

/**
 * A WAV file of one channel.
 *
 * @param samples S16_LE, whole samples.
 * @see Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), Waveform Audio File Format.
 */
export function wavFile(samples: Uint8Array, rateHz: number): Uint8Array {
  const file = Buffer.alloc(HEADER_BYTES + samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rateHz, 24);
  file.writeUInt32LE(rateHz * BYTES_A_SAMPLE, 28);
  file.writeUInt16LE(BYTES_A_SAMPLE, 32);
  file.writeUInt16LE(8 * BYTES_A_SAMPLE, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length, 40);
  file.set(samples, HEADER_BYTES);
  return file;
}
