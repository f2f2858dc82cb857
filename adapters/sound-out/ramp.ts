/** A figure that moves to each new aim along a straight line, sample by sample, so that it never jumps. */
export class Ramp {
  private readonly samples: number;
  private current: number;
  private aim: number;
  private step = 0;
  private left = 0;

  /** @param samples how long the way to an aim takes, at least 1; a new aim on the way starts it anew. */
  constructor(samples: number, start: number) {
    this.samples = samples;
    this.current = start;
    this.aim = start;
  }

  get value(): number {
    return this.current;
  }

  /** Whether it is, and stays, at `value`. */
  restsAt(value: number): boolean {
    return this.left === 0 && this.current === value;
  }

  moveTo(aim: number): void {
    if (aim === this.aim) return;
    this.aim = aim;
    this.left = this.samples;
    this.step = (aim - this.current) / this.samples;
  }

  jumpTo(aim: number): void {
    this.aim = aim;
    this.current = aim;
    this.left = 0;
  }

  /** Goes the whole way to its aim anew, from `start`. */
  restartFrom(start: number): void {
    const { aim } = this;
    this.jumpTo(start);
    this.moveTo(aim);
  }

  /** One sample on. */
  next(): number {
    if (this.left > 0) {
      this.left -= 1;
      this.current = this.left === 0 ? this.aim : this.current + this.step;
    }
    return this.current;
  }
}
