// `npm run bench per-alert-script [--alerts N] [--script-alerts N]`: the way Wazuh users ask a model today (integratord
// starts one Python process per alert, one after the other, one model call each) beside Tocsin on the same noisy alerts. The
// model is a local stub that takes 1 s and has 8 places. The script is run on the first alerts only and its rate carried on:
// it does the same for each.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { assessCase } from '../src/assess/assess-case.ts'
import type { Alert } from '../src/domain/alert.ts'
import type { CaseDraft } from '../src/domain/case.ts'
import { modelSelectionSchema } from '../src/domain/model-selection.ts'
import { GroupingEngine } from '../src/group/grouping-engine.ts'
import { defaultGrouping } from '../src/group/grouping-options.ts'
import { chooseForModel } from '../src/investigate/choose-for-model.ts'
import { investigateCase } from '../src/investigate/investigate.ts'
import { countingIds } from '../src/lib/ids.ts'
import { estimateTokens } from '../src/llm/estimate-tokens.ts'
import { normalizeLine } from '../src/normalize/normalize-line.ts'
import { realisticAlerts } from './server/realistic-alerts.ts'

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '5000' },
    'script-alerts': { type: 'string', default: '20' },
  },
})
const count = Number(values.alerts)
const scriptAlerts = Number(values['script-alerts'])
const modelSeconds = 1
const modelPlaces = 8

const lines = [...realisticAlerts(count, 3)]
const script = await runScript()
const ours = runTocsin()
console.log(
  `per alert: ${script.perMinute.toFixed(0)} alerts/min, ${count} model calls, ${thousands(script.tokens)} prompt tokens`,
)
console.log(
  `tocsin:    ${ours.perMinute.toFixed(0)} alerts/min with every case briefed by code, ${ours.calls} model calls in ${ours.modelMinutes.toFixed(1)} min beside that, ${thousands(ours.tokens)} prompt tokens; ${ours.cases} cases, ${ours.unbriefed} without a brief`,
)
console.log(
  `ratio:     ${(ours.perMinute / script.perMinute).toFixed(0)} times the alerts per minute, ${(count / Math.max(1, ours.calls)).toFixed(0)} times fewer calls, ${(script.tokens / Math.max(1, ours.tokens)).toFixed(0)} times fewer prompt tokens`,
)

function thousands(tokens: number): string {
  return `${Math.round(tokens / 1000)}k`
}

async function runScript() {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  // In a thread of its own: this one blocks while a script runs, as integratord does.
  const stub = new Worker(
    `const http = require('node:http')
     const { parentPort, workerData } = require('node:worker_threads')
     const server = http.createServer((request, response) => {
       request.resume().on('end', () => setTimeout(() => response.end('{}'), workerData))
     }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
    { eval: true, workerData: modelSeconds * 1000 },
  )
  const port = await new Promise<number>(resolve => stub.once('message', resolve))
  const start = performance.now()
  for (const line of lines.slice(0, scriptAlerts)) {
    const file = join(folder, 'alert.json')
    writeFileSync(file, line)
    const program = join(import.meta.dirname, 'server', 'per-alert-script.py')
    const done = spawnSync('python3', [program, file, '', `http://127.0.0.1:${port}/v1/chat/completions`])
    if (done.status !== 0) throw new Error(String(done.stderr))
  }
  const minutes = (performance.now() - start) / 60_000
  await stub.terminate()
  rmSync(folder, { recursive: true })
  const tokens = lines.reduce((sum, line) => sum + estimateTokens(line) + 25, 0)
  return { perMinute: scriptAlerts / minutes, tokens }
}

function runTocsin() {
  const start = performance.now()
  const engine = new GroupingEngine(defaultGrouping, countingIds())
  const drafts = new Map<string, CaseDraft>()
  const members = new Map<string, { alert: Alert; why: string }[]>()
  for (const [index, line] of lines.entries()) {
    const read = normalizeLine(Buffer.from(line), { where: `line ${index}`, receivedAtMs: 0 })
    if (read.kind === 'quarantined') throw new Error(read.quarantined.message)
    const { assignments, cases } = engine.assign([read.alert])
    for (const draft of cases) drafts.set(draft.id, draft)
    for (const { caseId, why } of assignments) {
      const list = members.get(caseId) ?? []
      members.set(caseId, list)
      list.push({ alert: read.alert, why })
    }
  }
  let [calls, tokens, unbriefed] = [0, 0, 0]
  const selection = modelSelectionSchema.parse({})
  for (const draft of drafts.values()) {
    const shown = (members.get(draft.id) ?? []).slice(0, 100)
    const alerts = shown.map(member => member.alert)
    const context = {
      case: draft,
      alerts,
      memberships: shown.map(({ alert, why }) => ({ alertKey: alert.key, why })),
      assessments: assessCase(alerts),
      around: [],
      history: [],
      agents: [],
      pastVerdicts: [],
    }
    const { computed, evidence } = investigateCase(context)
    if (computed.claims.length === 0) unbriefed++
    if (chooseForModel(context, selection).kind === 'unwanted') continue
    calls++
    tokens += estimateTokens(JSON.stringify(evidence)) + 300
  }
  const minutes = (performance.now() - start) / 60_000
  const modelMinutes = (calls * modelSeconds) / modelPlaces / 60
  return { perMinute: count / minutes, calls, tokens, modelMinutes, cases: drafts.size, unbriefed }
}
