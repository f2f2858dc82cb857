import { inputsBench } from './inputs.bench.js';
import { kairosBench } from './kairos.bench.js';
import { phasePathBench } from './phase-path.bench.js';

phasePathBench();
await kairosBench();
await inputsBench();
