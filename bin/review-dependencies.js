// Dependency review: known weaknesses (npm's advisories) of the packages that a user gets. One of high or critical
// severity fails the checks, unless bin/accepted-advisories.json lists it:
// { "advisory": "GHSA-…", "package": "NAME", "reason": "why it does no harm here", "until": "YYYY-MM-DD" }
// Where the registry cannot be asked, that is said out loud and is no failure.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.js'

const grave = ['high', 'critical']
const acceptedFile = 'bin/accepted-advisories.json'

/**
 * Judges what `npm audit --json` printed. `today` is `YYYY-MM-DD`. Returns `{ kind: 'unanswered', why }` where it holds no
 * report, else `{ kind: 'reviewed', problems, notes }`.
 */
export function judgeAudit(printed, accepted, today) {
  const report = parsed(printed)
  if (report?.auditReportVersion !== 2 || typeof (report.vulnerabilities ?? '') !== 'object')
    return { kind: 'unanswered', why: whyUnanswered(report) }
  const found = advisoriesOf(report)
  const wrong = (Array.isArray(accepted) ? accepted : [null]).filter(entry => !isEntry(entry))
  const listed = Array.isArray(accepted) ? accepted.filter(isEntry) : []
  const entryOf = each =>
    listed.find(entry => entry.advisory === each.id && entry.package === each.package && entry.until >= today)
  const problems = [
    ...wrong.map(
      entry =>
        `${acceptedFile}: ${plain(JSON.stringify(entry))} needs advisory, package, reason, and until (YYYY-MM-DD)`,
    ),
    ...found
      .filter(each => entryOf(each) === undefined)
      .map(
        each =>
          `${each.package}: ${each.severity}, ${each.id}, ${each.title}. Take a mended version, or list it with a reason and a date in ${acceptedFile}`,
      ),
  ]
  const { high = 0, critical = 0 } = report.metadata?.vulnerabilities ?? {}
  if (found.length === 0 && high + critical > 0)
    problems.push(`npm counts ${high + critical} grave weaknesses and names no advisory: run npm audit`)
  const notes = listed.flatMap(entry => {
    const reported = found.some(each => each.id === entry.advisory && each.package === entry.package)
    if (!reported) return [`${entry.advisory} of ${entry.package} is reported no more: take it off the list`]
    return entry.until < today
      ? []
      : [`${entry.advisory} of ${entry.package} is accepted until ${entry.until}`]
  })
  return { kind: 'reviewed', problems, notes }
}

/** Asks the registry about the lock file, and judges. */
export function reviewDependencies(today = new Date().toISOString().slice(0, 10)) {
  const accepted = parsed(readFileSync(join(root, acceptedFile), 'utf8'))
  const args = [
    'audit',
    '--omit',
    'dev',
    '--json',
    '--package-lock-only',
    '--fetch-retries=0',
    '--fetch-timeout=30000',
  ]
  const asked = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return judgeAudit(asked.stdout ?? '', accepted, today)
}

/** The grave advisories, each once a package. */
function advisoriesOf({ vulnerabilities }) {
  const all = Object.values(vulnerabilities).flatMap(weak =>
    (Array.isArray(weak?.via) ? weak.via : [])
      // A text names the package through which it came: that one has an entry of its own.
      .filter(each => typeof each === 'object' && each !== null && grave.includes(each.severity))
      .map(({ name, severity, title, url, source }) => ({
        package: plain(name),
        severity,
        title: plain(title),
        id: /GHSA(?:-[0-9a-z]{4}){3}/.exec(String(url))?.[0] ?? `npm-${plain(source)}`,
      })),
  )
  return [...new Map(all.map(each => [`${each.package} ${each.id}`, each])).values()]
}

function isEntry(entry) {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    ['advisory', 'package', 'reason'].every(
      name => typeof entry[name] === 'string' && entry[name].trim() !== '',
    ) &&
    /^\d{4}-\d\d-\d\d$/.test(entry.until)
  )
}

function whyUnanswered(report) {
  const said = report?.error?.summary || report?.message || report?.error?.code
  return typeof said === 'string' && said !== '' ? plain(said) : 'npm audit gave no report'
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not JSON is no report; who asks says so.
  }
}

/** Words from outside, on one line and without what steers a terminal. */
function plain(text) {
  return String(text)
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, 300)
}
