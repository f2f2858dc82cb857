/** What every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly broker?: string;
  readonly logLevel: string;
}

/** What a command that keeps data takes. */
export interface DataOptions extends CommonOptions {
  readonly data?: string;
}

export interface PortOptions extends DataOptions {
  readonly port?: number;
  readonly httpPort?: number;
}

export interface DiscoverOptions extends CommonOptions {
  readonly seconds: number;
  /** A file that is not there yet. */
  readonly write?: string;
}

export interface DoctorOptions extends CommonOptions {
  readonly json?: boolean;
}

/** What `analyze` takes; times in seconds. */
export interface AnalyzeOptions extends CommonOptions {
  /** The encoder's name and, for an expression, its formula. */
  readonly encoder?: readonly string[];
  readonly period?: number;
  /** The value's column, where it is not called value. */
  readonly column?: string;
  readonly tauBase?: number;
  readonly tauMax: number;
  readonly window?: number;
  readonly omega: number;
  readonly min?: number;
  readonly max?: number;
  readonly frequency?: number;
  readonly bandwidth?: number;
  readonly memory?: number;
  readonly context?: number;
  readonly json?: boolean;
  readonly plot?: string;
}
