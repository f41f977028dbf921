// Every check in one run: format and lint, types, known weaknesses of what is shipped, tests. Prints what fails and
// one line of counts at the end.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root, say } from './prepare.js'
import { reviewDependencies } from './review-dependencies.js'

const steps = [
  { name: 'format and lint', args: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types of src, test and bench', args: ['tsc', '-p', '.'] },
  { name: 'types of the console', args: ['tsc', '-p', 'console'] },
]

/** So many failing test files may be a machine that could not keep up; more are a fault. */
const mostOnceMore = 3

/**
 * Runs all checks; returns the exit code. `missing`: programs that are not here. `only`: test files or folders. `onceMore`: the
 * few test files that failed are run a second time, with nothing beside them. What fails twice has failed; what passes then
 * is named.
 */
export async function runChecks({ missing, only = [], onceMore = false }) {
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
  say('tests')
  const first = runTests(only)
  const broken = failedFiles(first)
  const results =
    onceMore && broken.length > 0 && broken.length <= mostOnceMore ? again(first, broken) : first
  const tests = results.files.flatMap(file => file.tests)
  const count = status => tests.filter(test => test.status === status).length
  passed += count('passed')
  // A run that died, or a test file that could not be loaded, has no failed test to count.
  failed += Math.max(count('failed'), results.succeeded ? 0 : 1)
  for (const what of missing)
    say(`SKIPPED: ${what} is not on this machine; the tests that need it did not run`)
  if (unreviewed !== '')
    say(
      `SKIPPED: dependencies were not reviewed for known weaknesses, the registry did not answer: ${unreviewed}`,
    )
  const skipped = count('skipped') + (unreviewed === '' ? 0 : 1)
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  return failed === 0 ? 0 : 1
}

/** Runs test files; says what became of each. */
function runTests(files, ...options) {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-checks-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
  const status = run(['vitest', 'run', ...reporters, ...options, ...files])
  const read = readReport(report)
  rmSync(folder, { recursive: true, force: true })
  return { files: read ?? [], succeeded: status === 0 && read !== undefined }
}

function failedFiles({ files }) {
  return files.filter(file => file.failed).map(file => file.path)
}

/** The results with those of the failed files' second run in place of their first. */
function again(first, broken) {
  say(`once more, by themselves, what may have failed for want of time: ${broken.join(', ')}`)
  const second = runTests(broken, '--maxWorkers=1')
  for (const path of broken) {
    const steady = second.files.some(file => file.path === path && !file.failed)
    if (steady) say(`UNSTEADY: ${path} failed once and passed once; find out why`)
  }
  const others = first.files.filter(file => !broken.includes(file.path))
  return { files: [...others, ...second.files], succeeded: second.succeeded }
}

function run([program, ...args]) {
  const path = join(root, 'node_modules', '.bin', program)
  return spawnSync(path, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1
}

/** Each test file with its tests; undefined where the runner itself died. */
function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults.map(file => ({
      path: relative(root, file.name),
      failed: file.status !== 'passed',
      tests: file.assertionResults.map(({ status }) => ({
        status: ['passed', 'failed'].includes(status) ? status : 'skipped',
      })),
    }))
  } catch {
    return undefined // The run ended before it wrote one.
  }
}
