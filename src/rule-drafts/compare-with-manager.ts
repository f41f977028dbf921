import type { ManagerLogtest } from '../domain/rule-deployment.ts'
import { toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { Session } from '../wazuh-rules/session.ts'
import { verdictRecord } from '../wazuh-rules/verdict-record.ts'
import type { StoredDraft } from './draft-store.ts'

/** Where the manager and our engine do not agree on a log. */
export interface EngineDifference {
  readonly log: string
  readonly part: 'rule' | 'level' | 'decoder'
  readonly ours: string
  readonly manager: string
}

/**
 * Runs the same logs through the manager's logtest and through our engine. Agreement shows that a proof holds for this
 * manager; a difference means that its ruleset or version is not the one that the draft was proven against.
 */
export async function compareWithManager(
  logs: readonly string[],
  location: string,
  files: RulesetFiles,
  logtest: ManagerLogtest,
  nowSeconds: number,
  signal: AbortSignal,
): Promise<readonly EngineDifference[]> {
  const verdicts = await logtest(logs, location, signal)
  const { ruleset } = loadRuleset(files)
  const session = new Session(ruleset, {
    location: toByteText(location),
    agent: undefined,
    managerName: 'localhost',
    prefilter: fastPrefilter(),
  })
  return logs.flatMap((log, index) => {
    const ours = verdictRecord(session.process(toByteText(log), nowSeconds))
    const theirs = verdicts[index]
    const pairs = [
      ['rule', ours.rule_id, theirs?.ruleId],
      ['level', ours.level, theirs?.level],
      ['decoder', ours.decoder.name, theirs?.decoder],
    ] as const
    return pairs.flatMap(([part, mine, other]) => {
      const [a, b] = [String(mine ?? 'none'), String(other ?? 'none')]
      return a === b ? [] : [{ log, part, ours: a, manager: b }]
    })
  })
}

/**
 * A draft's logs through both. What is deployed counts, and `base` holds it: before a deployment, agreement shows that the
 * rules that the draft was proven against are the manager's.
 */
export async function compareDraft(
  draft: StoredDraft,
  base: RulesetFiles,
  logtest: ManagerLogtest,
  nowMs: number,
  signal: AbortSignal,
): Promise<{ readonly logs: number; readonly differences: EngineDifference[] }> {
  const { cases } = draft
  const differences: EngineDifference[] = []
  // Each case is a session of its own, as when it was proven.
  for (const { log } of cases) {
    const lines = log.split('\n').filter(line => line !== '')
    differences.push(
      ...(await compareWithManager(lines, 'draft', base, logtest, Math.floor(nowMs / 1000), signal)),
    )
  }
  return { logs: cases.length, differences }
}
