import { createRandom } from '../../kairos/random.js';

const SEED = 2026;
const ROWS = 2000;
const START_UNIX_SECONDS = 1_767_225_600;
const START_PRICE = 50_000;
/** The usual size of a return over a second. */
const USUAL_SPREAD = 2e-4;

/**
 * Makes the recording examples/market.csv: ticks at random moments, one a second on average, of a price that walks at
 * random with a spread that swells and ebbs, as real ones do, and ends where it began, so that it can be looped.
 */
export function generateMarketCsv(): string {
  const { uniform, normal } = createRandom(SEED);
  const ticks: { seconds: number; logPrice: number }[] = [];
  let seconds = 0;
  let logPrice = 0;
  let unrest = 0;
  for (let row = 0; row < ROWS; row += 1) {
    ticks.push({ seconds, logPrice });
    const dt = Math.max(0.001, Math.round(-1000 * Math.log(1 - uniform())) / 1000);
    unrest = 0.99 * unrest + 0.1 * normal();
    seconds += dt;
    logPrice += USUAL_SPREAD * Math.exp(unrest) * Math.sqrt(dt) * normal();
  }
  const end = ticks.at(-1) ?? { seconds: 1, logPrice: 0 };
  const lines = ticks.map((tick) => {
    const price = START_PRICE * Math.exp(tick.logPrice - (end.logPrice * tick.seconds) / end.seconds);
    return `${(START_UNIX_SECONDS + tick.seconds).toFixed(3)},${price.toFixed(2)}`;
  });
  return `time,price\n${lines.join('\n')}\n`;
}
