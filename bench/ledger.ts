import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainEntries, emptyChain, type LedgerDraft, type LedgerEntry } from '../src/ledger/entry.ts'
import { openFileLedger } from '../src/ledger/file-ledger.ts'
import { parseExportLine } from '../src/ledger/parse-export.ts'
import { verifyChain } from '../src/ledger/verify-chain.ts'
import { canonicalJson } from '../src/lib/canonical-json.ts'
import { systemClock } from '../src/lib/clock.ts'

// How many entries of 2 KB are chained, written and verified in a second, beside plain SHA-256 over the same bytes.
const count = 40_000
const draft = (i: number): LedgerDraft => ({
  kind: 'model-intent',
  tenant: 'main',
  actor: 'task:case-brief',
  subject: `case_${i % 500}`,
  body: {
    task: 'case-brief',
    model: 'm',
    zone: 'contracted',
    size_bytes: 9000 + i,
    request: { digest: 'd'.repeat(64), ciphertext: 'Q'.repeat(1500) },
  },
})
const drafts = Array.from({ length: count }, (_, i) => draft(i))

/** In this process's own CPU time, which holds on a machine that others use, too. */
function measure(name: string, entries: number, action: () => void): number {
  const before = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(before)
  const perSecond = entries / ((user + system) / 1_000_000)
  console.log(`${name.padEnd(34)} ${Math.round(perSecond).toLocaleString('en-US').padStart(10)} entries/s`)
  return perSecond
}

let entries: LedgerEntry[] = []
measure('warm-up', 5000, () => chainEntries(emptyChain, drafts.slice(0, 5000), 0))
const chained = measure('chain (canonical JSON + SHA-256)', count, () => {
  entries = chainEntries(emptyChain, drafts, Date.now())
})
const lines = entries.map(entry => canonicalJson(entry))
const reference = measure('reference: SHA-256 of the lines', count, () => {
  let hash = ''
  for (const line of lines) hash = createHash('sha256').update(hash).update(line).digest('hex')
})
const text = `${lines.join('\n')}\n`
const verified = measure('verify an export', count, () => void verifyChain(text))
measure('parse and check each line alone', count, () => void lines.map(parseExportLine))

const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
const ledger = openFileLedger(join(folder, 'ledger.ndjson'), systemClock)
const started = performance.now()
for (let i = 0; i < count; i += 1000) await ledger.append(drafts.slice(i, i + 1000))
const written = count / ((performance.now() - started) / 1000)
console.log(
  `${'append to a file, 1,000 a batch'.padEnd(34)} ${Math.round(written).toLocaleString('en-US').padStart(10)} entries/s`,
)
await rm(folder, { recursive: true })

console.log(
  `chained/reference ${(chained / reference).toFixed(2)}, verified/chained ${(verified / chained).toFixed(2)}`,
)
if (chained < 20_000 || written < 20_000 || verified < written) process.exitCode = 1
