/** What deployment needs: of the server API of Wazuh 4.x, of the indexer of Wazuh 5, of a folder of YARA rules. Contents are whole files. */
export interface RuleDeployment {
  /** The file as it is deployed now, or undefined where there is none. */
  read(fileName: string, signal: AbortSignal): Promise<string | undefined>
  write(fileName: string, text: string, signal: AbortSignal): Promise<void>
  remove(fileName: string, signal: AbortSignal): Promise<void>
  /** Wazuh's own check of its configuration, with what it said. */
  validate(signal: AbortSignal): Promise<{ readonly ok: boolean; readonly details: string }>
  restart(signal: AbortSignal): Promise<void>
  /** Whether the analysis engine runs. */
  isHealthy(signal: AbortSignal): Promise<boolean>
  /** Whether two texts are the same rules. Without it, only equal texts are. */
  isSame?(left: string, right: string): boolean
}

/** What the manager's own test tool says of one log. */
export interface ManagerVerdict {
  readonly ruleId: string | undefined
  readonly level: number | undefined
  readonly decoder: string | undefined
  readonly alert: boolean
}

/** Runs logs through the rules that are on the manager's disk, in one session, in order. */
export type ManagerLogtest = (
  logs: readonly string[],
  location: string,
  signal: AbortSignal,
) => Promise<readonly ManagerVerdict[]>
