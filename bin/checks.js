// Every check in one run: format and lint, types, known weaknesses of what is shipped, tests. Prints what fails and
// one line of counts at the end.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, say } from './prepare.js'
import { reviewDependencies } from './review-dependencies.js'

const steps = [
  { name: 'format and lint', args: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types of src, test and bench', args: ['tsc', '-p', '.'] },
  { name: 'types of the console', args: ['tsc', '-p', 'console'] },
]

/** Runs all checks; returns the exit code. `missing`: programs that are not here. `only`: test files or folders. */
export async function runChecks({ missing, only = [] }) {
  let passed = 0
  let failed = 0
  for (const step of steps) {
    say(step.name)
    if (run(step.args) === 0) passed++
    else failed++
  }
  // Not where only some tests were asked for: it asks the registry.
  let unreviewed = ''
  if (only.length === 0) {
    say('known weaknesses of what is shipped')
    const review = reviewDependencies()
    if (review.kind === 'unanswered') unreviewed = review.why
    else {
      for (const line of [...review.notes, ...review.problems]) say(line)
      if (review.problems.length === 0) passed++
      else failed++
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-checks-'))
  const report = join(folder, 'report.json')
  say('tests')
  const status = run([
    'vitest',
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...only,
  ])
  const counts = readCounts(report)
  rmSync(folder, { recursive: true, force: true })
  passed += counts.passed
  failed += counts.failed
  // A run that died, or a test file that could not be loaded, has no failed test to count.
  if (status !== 0 && counts.failed === 0) failed++
  for (const what of missing)
    say(`SKIPPED: ${what} is not on this machine; the tests that need it did not run`)
  if (unreviewed !== '')
    say(
      `SKIPPED: dependencies were not reviewed for known weaknesses, the registry did not answer: ${unreviewed}`,
    )
  const skipped = counts.skipped + (unreviewed === '' ? 0 : 1)
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  return failed === 0 ? 0 : 1
}

function run([program, ...args]) {
  const path = join(root, 'node_modules', '.bin', program)
  return spawnSync(path, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1
}

function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 } // No report: the runner itself died, and that is a failure.
  }
}
