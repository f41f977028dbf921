import type { Finding } from '../wazuh-rules/finding.ts'
import type { Verdict } from '../wazuh-rules/session.ts'

const mostNamed = 5

/** Past logs on which another rule fires, or none, once a draft of decoders or a list is in place. */
export class VerdictChanges {
  #changed = 0
  #silenced = 0
  readonly #pairs = new Map<string, number>()

  count(before: Verdict, after: Verdict): void {
    const [from, to] = [before, after].map(({ event }) => String(event.rule?.id ?? 'none'))
    if (from === to) return
    this.#changed++
    if (before.alert && !after.alert) this.#silenced++
    const pair = `${from} → ${to}`
    this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1)
  }

  /** `strictly` makes an error of alerts that would be gone: a model may not hide any. */
  findings(strictly: boolean): Finding[] {
    if (this.#changed === 0) return []
    const most = [...this.#pairs].sort(([, left], [, right]) => right - left).slice(0, mostNamed)
    const named = most.map(([pair, times]) => `${pair} (${times})`).join(', ')
    const gone = this.#silenced > 0 ? `; ${this.#silenced} of them no longer alert` : ''
    return [
      {
        code: this.#silenced > 0 ? 'hides-alerts' : 'changes-verdicts',
        message: `another rule fires on ${this.#changed} past logs${gone}: ${named}`,
        severity: strictly && this.#silenced > 0 ? 'error' : 'warning',
      },
    ]
  }
}
