/** What is wrong with a claim, the worst first. */
export type Fault = 'does-not-exist' | 'contradicted' | 'not-in-evidence' | 'inference'

export interface Finding {
  readonly fault: Fault
  /** For a person: `203.0.113.9 is not in E3`. */
  readonly reason: string
}

export const faults: readonly Fault[] = ['does-not-exist', 'contradicted', 'not-in-evidence', 'inference']
