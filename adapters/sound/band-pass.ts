/** Of the low-pass prototype: 24 dB an octave to either side. Even, so that no pole of it is real. */
const ORDER = 4;

/** Coefficients of a second-order section whose zeros stand at 0 Hz and at half the rate. */
interface Section {
  readonly a1: number;
  readonly a2: number;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

/**
 * A Butterworth band-pass of order 8, as four biquads: -3 dB at both edges, 0 dB at their centre, 24 dB an octave
 * beyond.
 *
 * Sections are in transposed direct form II; nothing is allocated a sample.
 *
 * @see Oppenheim and Schafer, Discrete-Time Signal Processing (2010), 7.2.2, for the bilinear transform;
 * Constantinides (1970), Proc. IEE 117, 1585-1590, for low-pass to band-pass.
 */
export class BandPass {
  private readonly gain: number;
  private readonly a1 = new Float64Array(ORDER);
  private readonly a2 = new Float64Array(ORDER);
  private readonly s1 = new Float64Array(ORDER);
  private readonly s2 = new Float64Array(ORDER);

  /**
   * @param lowHz the lower edge, > 0.
   * @param highHz the upper edge, above the lower and below half of `rateHz`.
   * @throws RangeError when the edges are not so.
   */
  constructor(lowHz: number, highHz: number, rateHz: number) {
    if (!(lowHz > 0 && highHz > lowHz && highHz < rateHz / 2)) {
      throw new RangeError(
        `found a band of ${lowHz} to ${highHz} Hz, expected one above 0 and below ${rateHz / 2} Hz, half of the rate`,
      );
    }
    const sections = design(lowHz, highHz, rateHz);
    sections.forEach(({ a1, a2 }, index) => {
      this.a1[index] = a1;
      this.a2[index] = a2;
    });
    this.gain = 1 / gainAt(sections, centreRad(lowHz, highHz, rateHz));
  }

  /** Takes a sample and gives the filtered one, on the same scale. */
  step(sample: number): number {
    const { a1, a2, s1, s2 } = this;
    let x = sample * this.gain;
    for (let index = 0; index < ORDER; index += 1) {
      const y = x + (s1[index] as number);
      s1[index] = (s2[index] as number) - (a1[index] as number) * y;
      s2[index] = -x - (a2[index] as number) * y;
      x = y;
    }
    return x;
  }

  /** Lets what is left of a sound long past be zero: numbers near 1e-308 are slow to count with. */
  settle(): void {
    for (let index = 0; index < ORDER; index += 1) {
      if (Math.abs(this.s1[index] as number) < 1e-30) this.s1[index] = 0;
      if (Math.abs(this.s2[index] as number) < 1e-30) this.s2[index] = 0;
    }
  }
}

/** The frequency of an analogue filter that the bilinear transform brings to `hz`, in units of twice the rate. */
function prewarped(hz: number, rateHz: number): number {
  return Math.tan((Math.PI * hz) / rateHz);
}

/** Where the gain is 1: the geometric mean of the prewarped edges, as radians a sample. */
function centreRad(lowHz: number, highHz: number, rateHz: number): number {
  return 2 * Math.atan(Math.sqrt(prewarped(lowHz, rateHz) * prewarped(highHz, rateHz)));
}

/** Each pole p of the prototype gives the two poles s of s^2 - p B s + w^2 = 0, and each of these a section. */
function design(lowHz: number, highHz: number, rateHz: number): readonly Section[] {
  const low = prewarped(lowHz, rateHz);
  const high = prewarped(highHz, rateHz);
  const sections: Section[] = [];
  for (let pole = 0; pole < ORDER / 2; pole += 1) {
    const angle = Math.PI / 2 + (Math.PI * (2 * pole + 1)) / (2 * ORDER);
    const half: Complex = {
      re: (Math.cos(angle) * (high - low)) / 2,
      im: (Math.sin(angle) * (high - low)) / 2,
    };
    const root = squareRoot({ re: half.re ** 2 - half.im ** 2 - low * high, im: 2 * half.re * half.im });
    sections.push(sectionOf({ re: half.re + root.re, im: half.im + root.im }));
    sections.push(sectionOf({ re: half.re - root.re, im: half.im - root.im }));
  }
  return sections;
}

/** The section of an analogue pole and its conjugate, by the bilinear transform z = (1 + s)/(1 - s). */
function sectionOf({ re, im }: Complex): Section {
  const size = (1 - re) ** 2 + im ** 2;
  return { a1: (-2 * (1 - re ** 2 - im ** 2)) / size, a2: ((1 + re) ** 2 + im ** 2) / size };
}

function squareRoot({ re, im }: Complex): Complex {
  const size = Math.hypot(re, im);
  const real = Math.sqrt((size + re) / 2);
  const imag = Math.sqrt((size - re) / 2);
  return { re: real, im: im < 0 ? -imag : imag };
}

/** The magnitude of the product of (1 - z^-2)/(1 + a1 z^-1 + a2 z^-2) at a frequency in radians a sample. */
function gainAt(sections: readonly Section[], rad: number): number {
  const over = 2 * Math.abs(Math.sin(rad));
  return sections.reduce((gain, { a1, a2 }) => {
    const re = 1 + a1 * Math.cos(rad) + a2 * Math.cos(2 * rad);
    const im = a1 * Math.sin(rad) + a2 * Math.sin(2 * rad);
    return (gain * over) / Math.hypot(re, im);
  }, 1);
}
