import { resolve } from 'node:path';

/** The program of the pins as it is built, in place of the path that it has beside its source. */
export const builtPinProcess = () => ({ PIN_PROCESS_FILE: resolve('dist/adapters/drive/pin-process.js') });
