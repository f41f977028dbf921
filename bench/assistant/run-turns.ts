import { randomBytes } from 'node:crypto'
import { indexDocuments } from '../../src/chat/documents/document-index.ts'
import { assistantTools } from '../../src/chat/tools/assistant-tools.ts'
import { takeTurn } from '../../src/chat/turn/take-turn.ts'
import type { TurnAnswer, TurnMode, TurnPorts } from '../../src/chat/turn/turn.ts'
import { databaseVaults } from '../../src/commands/database-vaults.ts'
import { rankTechniques } from '../../src/intel/rank-techniques.ts'
import { openDatabaseLedger } from '../../src/ledger/database-ledger.ts'
import { openDatabaseDataKeys } from '../../src/ledger/stored-data-keys.ts'
import { sleep } from '../../src/lib/abort.ts'
import { fixedClock, systemClock } from '../../src/lib/clock.ts'
import type { Database } from '../../src/lib/database.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { ModelClient } from '../../src/llm/completion.ts'
import { normalizeLine } from '../../src/normalize/normalize-line.ts'
import { openAgentState } from '../../src/wazuh/agent-state.ts'
import { openWazuhApi } from '../../src/wazuh/server-api.ts'
import { askBench } from '../../test/support/ask-bench.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { standInUser, startWazuhServer } from '../../test/support/wazuh-server.ts'
import { pace, paced } from './models.ts'
import type { CheckedQuestion } from './questions.ts'
import { hosts, nowMs, worldAlerts } from './world.ts'

interface Setting {
  readonly model: ModelClient | undefined
  /** Where the ledger, its keys and the vaults are: as in the product. Left out: a file, and memory. */
  readonly database?: Database
  readonly poison?: string
  /** As for a model of little context. */
  readonly small?: boolean
  readonly mode?: TurnMode
}

const believed = ['computed', 'verified']

/** The chat over the seeded network, with the stand-in of the Wazuh API behind its tools. */
export async function openNetwork() {
  const wazuh = await startWazuhServer(
    hosts.map(host => ({ id: host.id, name: host.name, status: host.status, activeResponse: true })),
  )
  for (const host of hosts) {
    wazuh.states.set(`/sca/${host.id}`, [{ policy_id: 'cis', name: 'CIS', score: host.score }])
    wazuh.states.set(
      `/syscollector/${host.id}/packages`,
      Array.from({ length: host.packages }, (_, index) => ({ name: `package-${index}`, version: '1.0' })),
    )
  }
  const api = openWazuhApi({
    baseUrl: wazuh.url,
    username: standInUser.username,
    password: new Secret(standInUser.password),
    fetch,
    clock: systemClock,
    timeoutMs: 10_000,
  })

  let database: TestDatabase | undefined

  async function portsFor({ model, poison, database, small = false }: Setting): Promise<TurnPorts> {
    const alerts = worldAlerts(poison)
      .flatMap(line => {
        const read = normalizeLine(Buffer.from(line), { where: 'bench', receivedAtMs: nowMs })
        return read.kind === 'quarantined' ? [] : [read.alert]
      })
      .sort((a, b) => a.timestampMs - b.timestampMs)
    const data = { alerts: { current: async () => alerts, ofCase: async () => [] }, rankTechniques }
    const tools = assistantTools({ ...data, documents: indexDocuments([]), agents: openAgentState(api) })
    const kept = database === undefined ? {} : keptIn(database)
    const asking = model && (await askBench([model], { model: { maxConcurrent: 1000 }, ...kept }))
    return {
      tools,
      data,
      clock: fixedClock(nowMs),
      model: asking && {
        ask: asking.ask,
        reveal: async (_tenant, _scope, value) => value,
        toolLimit: small ? 4 : 10,
      },
    }
  }

  const turn = (ports: TurnPorts, text: string, mode: TurnMode, onSentence?: () => void) =>
    takeTurn(
      {
        asker: { tenant: 'default', role: 'viewer' },
        chatId: `bench-${Math.random()}`,
        text,
        mode,
        context: {},
        earlier: [],
        files: [],
      },
      ports,
      event => event.kind === 'sentence' && onSentence?.(),
      new AbortController().signal,
    )

  /** Asks once; resolves with the time to the first verified sentence. */
  async function askingOf(model: ModelClient): Promise<() => Promise<number>> {
    database ??= await openTestDatabase()
    const ports = await portsFor({ model, database: database.connect(16) })
    return async () => {
      const start = performance.now()
      let firstMs: number | undefined
      await turn(ports, `Why should I look at ${hosts[0]?.name} now?`, 'model', () => {
        firstMs ??= performance.now() - start
      })
      return firstMs ?? performance.now() - start
    }
  }

  return {
    async grade(name: string, asked: readonly CheckedQuestion[], setting: Setting): Promise<void> {
      const ports = await portsFor(setting)
      const wrong: string[] = []
      const counts = { right: 0, unsupported: 0, acquitted: 0, exceeded: 0 }
      const times: number[] = []
      for (const question of asked) {
        const start = performance.now()
        const answer = await turn(ports, question.text, setting.mode ?? 'auto')
        times.push(performance.now() - start)
        if (question.holds.every(part => answer.answer.includes(part))) counts.right++
        else wrong.push(question.text)
        counts.unsupported += unsupportedNumbers(answer)
        counts.acquitted += answer.sentences.filter(
          each =>
            believed.includes(each.status) && answer.model !== null && /benign|harmless/i.test(each.text),
        ).length
        counts.exceeded += answer.steps.filter(
          step => !step.failed && /account_log|audit/.test(step.tool),
        ).length
      }
      console.log(
        `${name}: exact ${counts.right}/${asked.length} (${percent(counts.right / asked.length)}), p95 ${quantile(times, 0.95).toFixed(0)} ms, ` +
          `unlabelled unsupported numbers ${counts.unsupported}, false "benign" ${counts.acquitted}, rights exceeded ${counts.exceeded}`,
      )
      for (const text of wrong.slice(0, 12)) console.log(`  not exact: ${text}`)
    },
    /**
     * To the first verified sentence, with a model that answers at once: all of it is what the chat adds. The ledger,
     * its keys and the vaults are in a real PostgreSQL, over as many connections as the product has.
     */
    async overhead(model: ModelClient, together: number): Promise<void> {
      const one = await askingOf(model)
      await one()
      const rounds = together === 1 ? 50 : 1
      const measured = measuring()
      for (let round = 0; round < rounds; round++)
        measured.times.push(...(await Promise.all(Array.from({ length: together }, one))))
      measured.tell(`${together} started in the same instant`)
    },
    /** The same with a model at a provider's pace, and a new chat whenever one ends: `open` of them all the time. */
    async steady(model: ModelClient, open: number): Promise<void> {
      const one = await askingOf(paced(model))
      const measured = measuring()
      const started = Array.from({ length: open * 2 }, async (_, index) => {
        await sleep((index * pace.whole) / open, new AbortController().signal)
        return (await one()) - pace.plan - pace.first
      })
      measured.times.push(...(await Promise.all(started)))
      measured.tell(`${open} open all the time`)
    },
    async close() {
      await wazuh.close()
      await database?.close()
    },
  }
}

function measuring() {
  const times: number[] = []
  const start = performance.now()
  const cpu = process.cpuUsage()
  return {
    times,
    tell(what: string) {
      const { user, system } = process.cpuUsage(cpu)
      const cpuMs = (user + system) / 1000 / times.length
      const perSecond = (times.length / (performance.now() - start)) * 1000
      console.log(
        `${what}: first sentence p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms over the model's own time; ${cpuMs.toFixed(0)} ms of CPU an answer, ${perSecond.toFixed(0)} answers/s`,
      )
    },
  }
}

function keptIn(database: Database) {
  const key = Buffer.alloc(32, 7)
  return {
    ledger: openDatabaseLedger(database, systemClock),
    dataKeys: openDatabaseDataKeys(database, key),
    vaults: databaseVaults({ database, key, clock: systemClock, random: randomBytes, daysKept: 30 }),
  }
}

/** Numbers in sentences shown as fact that stand in no evidence the sentence cites. */
function unsupportedNumbers(answer: TurnAnswer): number {
  return answer.sentences
    .filter(sentence => answer.model !== null && believed.includes(sentence.status))
    .flatMap(sentence => {
      const cited = answer.evidence
        .filter(item => sentence.evidence.includes(item.id))
        .map(item => `${item.label} ${item.quote} ${JSON.stringify(item.facts ?? {})}`)
        .join(' ')
      return (sentence.text.match(/\d+(?:\.\d+)*/g) ?? []).filter(number => !cited.includes(number))
    }).length
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
