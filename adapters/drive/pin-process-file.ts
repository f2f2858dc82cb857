import { fileURLToPath } from 'node:url';

/** Where the program of the pins stands. */
export const PIN_PROCESS_FILE: string = fileURLToPath(new URL('./pin-process.js', import.meta.url));
