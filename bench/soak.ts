// The full counts of what the tests run in small. `npm run soak [NAME...]`. Minutes to hours: not part of the checks.
import { join } from 'node:path'
import fc from 'fast-check'
import { seededRandom } from '../src/lib/seeded-random.ts'
import { runShown, whyNoContainers } from '../test/container/programs.ts'
import { runLeaks } from '../test/corpus/leaks/run-leaks.ts'
import { runMalformed } from '../test/corpus/mail/run-malformed.ts'
import { killNine } from '../test/e2e/kill-nine.ts'
import { type FaultName, faults as harms } from '../test/faults/faults.ts'
import { history } from '../test/respond/approval-histories.ts'
import { runHistories } from '../test/respond/arena.ts'
import { openTestDatabase } from '../test/support/postgres.ts'

/** Each prints what it did and returns whether it held. */
const soaks: Readonly<Record<string, () => Promise<boolean>>> = {
  leaks,
  approvals,
  'malformed-mails': malformedMails,
  kills,
  faults,
  image,
}

async function leaks(): Promise<boolean> {
  const { planted, classes, encodings, faults, faultCount } = await runLeaks(100_000, 1)
  console.log(`leaks: ${planted} planted (${classes} classes, ${encodings} encodings), ${faultCount} faults`)
  for (const fault of faults) console.log(`  ${fault}`)
  return faultCount === 0
}

async function approvals(): Promise<boolean> {
  const test = await openTestDatabase()
  try {
    const histories = fc.sample(history, { numRuns: 10_000, seed: 1 })
    const { sent, restarts, violations } = await runHistories(test, 'soak', histories)
    console.log(
      `approvals: ${histories.length} histories, ${sent} sent, ${restarts} crashes of the database, ${violations.length} violations`,
    )
    for (const each of violations) console.log(`  ${each.violation}: ${JSON.stringify(each.history)}`)
    return violations.length === 0
  } finally {
    await test.close()
  }
}

/** A mail of a few kilobytes that takes seconds is a hang in the making. */
const slowMailMs = 5_000

async function malformedMails(): Promise<boolean> {
  const { count, faults, slowestMs } = runMalformed(100_000, seededRandom(1), slowMailMs)
  console.log(`malformed mails: ${count}, ${faults.length} faults, slowest ${Math.round(slowestMs)} ms`)
  for (const fault of faults) console.log(`  ${fault}`)
  return faults.length === 0
}

async function kills(): Promise<boolean> {
  const result = await killNine(20, 5000, seededRandom(1))
  console.log(
    `kill -9: ${result.kills} times; ${result.written} alerts by file and ${result.acknowledged} acknowledged by webhook, ${result.lost.length} lost, ${result.duplicates} doubled, ${result.wrongCounts} cases miscounted, ${result.unbriefed} without their newest brief`,
  )
  return result.lost.length + result.duplicates + result.wrongCounts + result.unbriefed === 0
}

/** So often each, which takes some minutes. */
const faultCounts: Readonly<Record<FaultName, number>> = {
  'process-kills': 100,
  'database-restarts': 20,
  'network-cuts': 6,
  'full-disk': 6,
  'clock-jumps': 40,
}

/** `npm run soak faults`, or `npm run soak NAME` for one of them. */
async function faults(): Promise<boolean> {
  const chosen = wanted.filter((name): name is FaultName => name in faultCounts)
  let held = true
  for (const [name, times] of Object.entries(faultCounts) as [FaultName, number][]) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    const options = { times, random: seededRandom(1) }
    const facts = await harms[name](options, why => console.log(`  ${name}: not done, ${why}`))
    if (facts === undefined) continue
    const { lost, sentTwice, ledger, ...rest } = facts
    const fine =
      lost.length +
        sentTwice.length +
        rest.storedTwice +
        rest.miscounted +
        rest.briefedTwice +
        rest.unbriefed ===
        0 && ledger.ok
    held &&= fine
    console.log(
      `  ${fine ? 'held' : 'BROKEN'}: ${times} ${name}, ${rest.restarts} programs started again; ${rest.acknowledged} alerts acknowledged, ${rest.refused} refused, ${lost.length} lost, ${rest.storedTwice} doubled; ${rest.modelBriefs} model briefs, ${rest.briefedTwice} revisions briefed twice, ${rest.unbriefed} cases unbriefed; ${rest.actions} actions sent, ${sentTwice.length} twice; ledger of ${ledger.entries} entries ${ledger.ok ? 'verifies' : ledger.report}; ${rest.setAside} jobs had been set aside`,
    )
  }
  return held
}

/** Builds the image without any registry of images, and runs it and the compose file. */
async function image(): Promise<boolean> {
  const why = whyNoContainers()
  if (why !== undefined) {
    console.log(`image: not done, ${why}`)
    return true
  }
  const root = join(import.meta.dirname, '..')
  const name = 'localhost/tocsin'
  try {
    await runShown(join(root, 'deploy', 'container', 'build-image.sh'), [name])
    const vitest = join(root, 'node_modules', '.bin', 'vitest')
    const environment = { TOCSIN_TRY_IMAGE: name }
    await runShown(vitest, ['run', '--maxWorkers=1', 'test/container'], { cwd: root, environment })
    return true
  } catch (error) {
    console.log(`image: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

const wanted = process.argv.slice(2)
const unknown = wanted.find(name => soaks[name] === undefined && !(name in faultCounts))
if (unknown !== undefined) {
  console.error(`there is no soak called ${unknown}; there are: ${Object.keys(soaks).join(', ')}`)
  process.exit(2)
}
for (const [name, soak] of Object.entries(soaks)) {
  // The name of one fault is enough.
  const meant = wanted.includes(name) || (name === 'faults' && wanted.some(each => each in faultCounts))
  if (wanted.length > 0 && !meant) continue
  const start = performance.now()
  if (!(await soak())) process.exitCode = 1
  console.log(`  ${((performance.now() - start) / 1000).toFixed(0)} s`)
}
