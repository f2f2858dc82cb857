import { type Clock, sleep } from '../contract/clock.js';
import { formatTimestamp } from '../contract/instant.js';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

export interface UsageLimits {
  readonly max_tokens_per_day: number;
  readonly max_requests_per_hour: number;
}

/** What may still be asked of a server that costs money or warmth. A day and an hour begin with what is first used in them. */
export interface UsageBudget {
  /** Tokens that are left of the day. */
  readonly tokensLeft: number;
  /** Resolves once a request may be made, or at `signal`; `say` gets a sentence where it has to wait. */
  wait(signal: AbortSignal, say: (reason: string) => void): Promise<void>;
  useRequest(): void;
  useTokens(count: number): void;
}

export function createUsageBudget(limits: UsageLimits, clock: Clock): UsageBudget {
  const tokens = new Quota(clock, limits.max_tokens_per_day, DAY_SECONDS, 'max_tokens_per_day');
  const requests = new Quota(clock, limits.max_requests_per_hour, HOUR_SECONDS, 'max_requests_per_hour');
  return {
    get tokensLeft() {
      return tokens.left;
    },
    async wait(signal, say) {
      for (const quota of [tokens, requests]) {
        if (quota.left > 0) continue;
        say(quota.sentence);
        while (quota.left <= 0 && !signal.aborted) await sleep(clock, quota.secondsToEnd, signal);
      }
    },
    useRequest: () => requests.use(1),
    useTokens: (count) => tokens.use(count),
  };
}

/** So many in a time that begins with the first. */
class Quota {
  private readonly clock: Clock;
  private readonly most: number;
  private readonly seconds: number;
  private readonly option: string;
  private used = 0;
  private endsAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, most: number, seconds: number, option: string) {
    this.clock = clock;
    this.most = most;
    this.seconds = seconds;
    this.option = option;
  }

  get left(): number {
    return this.isOver ? this.most : this.most - this.used;
  }

  get secondsToEnd(): number {
    return Math.max(0, this.endsAt - this.clock.monotonicSeconds());
  }

  get sentence(): string {
    const goesOn = formatTimestamp(this.clock.nowSeconds() + this.secondsToEnd);
    return `the ${this.most} of ${this.option} are used; it goes on at ${goesOn}`;
  }

  use(count: number): void {
    if (this.isOver) {
      this.used = 0;
      this.endsAt = this.clock.monotonicSeconds() + this.seconds;
    }
    this.used += count;
  }

  private get isOver(): boolean {
    return this.clock.monotonicSeconds() >= this.endsAt;
  }
}
