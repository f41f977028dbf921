import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { type Config, readConfig } from '../config.ts'
import {
  type ComplianceReport,
  complianceReport,
  coverageOf,
  type Period,
} from '../governance/compliance-report.ts'
import type { Framework } from '../governance/control.ts'
import { frameworkOf, frameworks } from '../governance/frameworks.ts'
import { type RenderedReport, renderReport, reportFormats } from '../governance/render-report.ts'
import { reportPeriod } from '../governance/report-period.ts'
import { publicKeyPem } from '../ledger/checkpoint.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { loadSigningKey } from '../ledger/signing-key.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../main/create-logger.ts'
import { openStore } from '../main/open-store.ts'
import { settingEvidence } from '../main/setting-evidence.ts'
import { type Command, type Io, readArgs, writeRecord } from './command.ts'

const usage = `tocsin compliance report --framework F --from DATE --to DATE [--format json|html|pdf|oscal] [--out FILE]
                         [--public-key FILE] [--data DIR] [--json]
tocsin compliance list [--json]

report  counts the evidence in Tocsin's records for each control of a framework in a period, and says what is missing.
        All controls are listed, those that nothing here speaks of as not addressed here; what the organisation states
        itself (in the console) stands apart. A status is evidence, partial or no evidence, never "met". The same data and period give the same bytes.
list    the frameworks: ${frameworks.map(each => each.id).join(', ')}

--from, --to       dates, both included (2026-01-01), or times with a zone
--out FILE         writes the report there, and its signature (Ed25519 over the file, base64) beside it as FILE.sig
--public-key FILE  writes the key to check it with:
                   base64 -d FILE.sig > sig; openssl pkeyutl -verify -pubin -inkey KEY -rawin -in FILE -sigfile sig
--data DIR         the data directory
--json             one record on standard output: the report itself, or with --out where it is

Exit code 0 done, 1 the ledger does not verify, 2 bad usage.
`

const options = {
  framework: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  format: { type: 'string' },
  out: { type: 'string' },
  'public-key': { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** `tocsin compliance`. */
export const command: Command = {
  usage,
  async run(args, io) {
    const { values, positionals } = readArgs(args, { options, allowPositionals: true })
    if (positionals.length !== 1 || !['report', 'list'].includes(positionals[0] ?? ''))
      throw new AppError('bad-usage', 'say one of: report, list')
    if (positionals[0] === 'list') return listFrameworks(values.json === true, io)
    const format = reportFormats.find(each => each === (values.format ?? 'json'))
    if (format === undefined)
      throw new AppError('bad-usage', `--format is one of: ${reportFormats.join(', ')}`)
    if (format === 'pdf' && values.out === undefined)
      throw new AppError('bad-usage', '--format pdf needs --out: it is no text')
    if (values.json && values.out === undefined && format !== 'json')
      throw new AppError('bad-usage', `--json with --format ${format} needs --out`)
    const framework = frameworkOf(values.framework ?? '')
    if (framework === undefined)
      throw new AppError('bad-usage', `--framework is one of: ${frameworks.map(each => each.id).join(', ')}`)
    const period = reportPeriod(values.from, values.to)
    const config = readConfig(undefined, values.data)
    const report = await makeReport(config, framework, period, io)
    const key = await loadSigningKey(join(config.dataDir, 'ledger', 'signing-key.pem'))
    const rendered = await renderReport(report, format, key)
    if (values['public-key'] !== undefined) await writeFile(values['public-key'], publicKeyPem(key))
    await deliver(report, rendered, values, io)
    return report.ledger.first_bad === null ? 0 : 1
  },
}

function listFrameworks(json: boolean, io: Io): number {
  for (const each of frameworks) {
    const { id, name, version, mappingVersion, controls } = each
    const { mapped } = coverageOf(each)
    if (json)
      writeRecord(io, {
        id,
        name,
        version,
        mapping_version: mappingVersion,
        controls: controls.length,
        mapped,
      })
    else
      io.stdout(
        `${id.padEnd(18)} ${name} ${version} (${controls.length} controls, ${mapped} of them addressed)\n`,
      )
  }
  return 0
}

async function makeReport(
  config: Config,
  framework: Framework,
  period: Period,
  io: Io,
): Promise<ComplianceReport> {
  const say = (line: string) => io.stderr(`tocsin: ${line}\n`)
  const store = await openStore(config, createLogger(config.logLevel), say, io.signal)
  try {
    const sources = {
      database: store.database,
      ledger: openDatabaseLedger(store.database, systemClock),
      tenant: config.tenant,
      settings: settingEvidence(config),
      version: packageJson.version,
    }
    return await complianceReport(sources, framework, period, io.signal)
  } finally {
    await store.close()
  }
}

async function deliver(
  report: ComplianceReport,
  rendered: RenderedReport,
  values: { readonly out?: string; readonly json?: boolean },
  io: Io,
): Promise<void> {
  const { bytes, signature, key } = rendered
  if (values.out === undefined) {
    io.stdout(bytes.toString('utf8'))
    io.stderr(`signature ${signature} (key ${key})\n`)
    return
  }
  await writeFile(values.out, bytes)
  await writeFile(`${values.out}.sig`, `${signature}\n`)
  const { framework, period, summary, ledger } = report
  if (values.json) writeRecord(io, { file: values.out, framework, period, summary, ledger, key, signature })
  else
    io.stdout(
      `${values.out}: ${Object.entries(summary)
        .map(([status, count]) => `${count} ${status}`)
        .join(', ')}; signed with key ${key}\n`,
    )
}
