export const WAV_HEADER_BYTES = 44;
/** What follows the length in a header of 44 bytes. */
const BYTES_BEYOND_RIFF_LENGTH = 36;
/** Lengths are of 32 bits. */
export const MOST_WAV_DATA_BYTES = 0xffff_ffff - BYTES_BEYOND_RIFF_LENGTH - 1;
const PCM = 1;

/**
 * The header of a WAV file of 16 bit samples of one channel.
 *
 * @see Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991), Waveform Audio File Format.
 */
export function wavHeader(rateHz: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(BYTES_BEYOND_RIFF_LENGTH + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(2 * rateHz, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Sound of one channel. */
export interface Sound {
  readonly rateHz: number;
  /** In [-1, 1]. */
  readonly samples: Float32Array;
}

/**
 * Reads 16 bit sound of one channel from a WAV file.
 *
 * A program that writes to a pipe cannot know the length when it writes the header, so that what is there counts.
 *
 * @throws Error in one sentence when it is something else.
 */
export function readWav(file: Buffer): Sound {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error(`found ${file.length} bytes that are no WAV file`);
  }
  let rateHz: number | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const chunk = file.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ') rateHz = readRate(chunk);
    if (name === 'data' && rateHz !== undefined) return { rateHz, samples: samplesOf(chunk) };
    at += 8 + length + (length % 2);
  }
  throw new Error('found a WAV file without sound');
}

function readRate(format: Buffer): number {
  if (format.length < 16) throw new Error('found a WAV file with half a header');
  const [coding, channels, rateHz, bits] = [
    format.readUInt16LE(0),
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  if (coding === PCM && channels === 1 && bits === 16 && rateHz > 0) return rateHz;
  throw new Error(
    `found a WAV file of coding ${coding}, ${channels} channels, ${bits} bits and ${rateHz} Hz, expected PCM of one channel and 16 bits`,
  );
}

function samplesOf(pcm: Buffer): Float32Array {
  return Float32Array.from({ length: pcm.length >> 1 }, (_, index) => pcm.readInt16LE(2 * index) / 32_768);
}
