import type { SpeedPair } from './speed-pair.js';

/** A way to move a robot. It stands still when it is made. */
export interface MotorDrive {
  /** @param motion velocity and rotation, each in [-1, 1]. */
  aim(motion: SpeedPair): void;
  /** Stands still at once. */
  stop(): void;
  /** Ends it; it stands still then. Never rejects. */
  close(): Promise<void>;
}
