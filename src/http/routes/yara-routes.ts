import { addPack, type FileScanPorts, switchPack } from '../../file-scan/packs.ts'
import { type FileScanResult, scanUpload } from '../../file-scan/scan-upload.ts'
import { scanLimits } from '../../file-scan/scanner.ts'
import type { Problem } from '../../lib/problem.ts'
import { type PersonRow, peopleByIds } from '../../store/people.ts'
import {
  latestScans,
  listPacks,
  type PackVersion as PackRow,
  packSource,
  ruleMatches,
  type ScanRow,
} from '../../store/yara-packs.ts'
import type { RuleOutline } from '../../yara/rule-outline.ts'
import { wasDone } from '../contract.ts'
import { type PackVersion, type YaraDiagnostic, type YaraScan, yaraEndpoints } from '../contract-yara.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { nameOf } from './proposal-view.ts'
import { personOf } from './session-routes.ts'

const listedScans = 50

/** Rule packs and scans of uploaded files. */
export function yaraRoutes({
  ports,
  tenant,
}: {
  readonly ports: FileScanPorts
  readonly tenant: string
}): Route[] {
  const { database } = ports
  const names = async (ids: readonly string[]) =>
    new Map((await peopleByIds(database, tenant, [...new Set(ids)])).map(row => [row.id, row]))
  return [
    route(yaraEndpoints.listPacks, async () => {
      const packs = await listPacks(database, tenant)
      const people = await names(packs.map(pack => pack.uploadedBy))
      const { timeoutMs, memoryBytes, fileLimitBytes } = scanLimits
      return {
        packs: packs.map(pack => packView(pack, people)),
        limits: { timeoutMs, memoryBytes, fileBytes: fileLimitBytes },
      }
    }),
    route(
      yaraEndpoints.addPack,
      async ({ body, caller, signal }) => {
        const result = await addPack(ports, tenant, { ...body, by: personOf(caller).user.id }, signal)
        const findings = [
          ...(result.kind === 'refused' ? result.errors.map(each => finding(each, 'error')) : []),
          ...result.warnings.map(each => finding(each, 'warning')),
        ]
        return { version: result.kind === 'added' ? result.version : null, findings }
      },
      { bodyBytes: 16 * 1024 ** 2 },
    ),
    route(yaraEndpoints.readPack, async ({ params }) => {
      const source = await packSource(database, tenant, params.name, params.version)
      const row = (await listPacks(database, tenant)).find(
        each => each.name === params.name && each.version === params.version,
      )
      if (source === undefined || row === undefined)
        throw new RequestError('not-found', `there is no version ${params.version} of ${params.name}`)
      const matched = new Map(
        (await ruleMatches(database, tenant, params.name, params.version)).map(each => [each.rule, each]),
      )
      return {
        pack: packView(row, await names([row.uploadedBy])),
        source: source.source,
        rules: outlinesOf(row).map(({ name, tags, meta, line }) => ({
          name,
          tags: [...tags],
          meta: metaOf(meta),
          line,
          matches: matched.get(name)?.matches ?? 0,
          lastMatchMs: matched.get(name)?.lastMatchMs ?? null,
        })),
      }
    }),
    route(yaraEndpoints.switchPack, async ({ params, body, caller }) => {
      if (!(await switchPack(ports, tenant, { ...params, ...body, by: personOf(caller).user.id })))
        throw new RequestError('not-found', `there is no version ${params.version} of ${params.name}`)
      return wasDone
    }),
    route(
      yaraEndpoints.scanFile,
      async ({ query, body, caller, signal }) => {
        const { user } = personOf(caller)
        const packs = query.packs?.split(',').filter(name => name !== '')
        const file = { name: query.name, bytes: body.raw, packs, by: user.id }
        const row = await scanUpload(ports, tenant, file, signal)
        if (row === undefined)
          throw new RequestError('conflict', 'no rule pack is active: add one and make it active first')
        return { scan: scanView(row, await names([row.byId])) }
      },
      { bodyBytes: scanLimits.fileLimitBytes, requestsPerMinute: 60 },
    ),
    route(yaraEndpoints.listScans, async () => {
      const rows = await latestScans(database, tenant, listedScans)
      const people = await names(rows.map(row => row.byId))
      return { scans: rows.map(row => scanView(row, people)) }
    }),
  ]
}

function outlinesOf(row: PackRow): RuleOutline[] {
  return row.rules as RuleOutline[] // Written by `addPack`, read back from the store.
}

function packView(row: PackRow, people: ReadonlyMap<string, PersonRow>): PackVersion {
  const { name, version, sha256, state, scans, uploadedMs, changedMs } = row
  const uploadedBy = nameOf(people, row.uploadedBy)
  return {
    name,
    version,
    sha256,
    state,
    ruleCount: outlinesOf(row).length,
    scans,
    uploadedBy,
    uploadedMs,
    changedMs,
  }
}

function scanView(row: ScanRow, people: ReadonlyMap<string, PersonRow>): YaraScan {
  const { matches, problems } = row.result as FileScanResult // Written by `scanUpload`, read back from the store.
  const { id, fileName, sha256, sizeBytes, tookMs, atMs } = row
  return {
    id,
    fileName,
    sha256,
    sizeBytes,
    packs: [...row.packs],
    matches: matches.map(match => ({
      rule: match.rule,
      source: match.source,
      version: match.version,
      tags: [...match.tags],
      meta: metaOf(match.meta),
      strings: match.strings.map(each => ({ ...each })),
      stringCount: match.stringCount,
    })),
    problems: problems.map(({ code, message }) => ({ code, message })),
    tookMs,
    by: nameOf(people, row.byId),
    atMs,
  }
}

function metaOf(meta: RuleOutline['meta']): YaraScan['matches'][number]['meta'] {
  // The contract's types are mutable arrays; the schema copies what it sends.
  return structuredClone(meta) as YaraScan['matches'][number]['meta']
}

function finding(problem: Problem, severity: 'error' | 'warning'): YaraDiagnostic {
  const place = /^line (\d+), column (\d+)$/.exec(problem.where ?? '')
  return {
    code: problem.code,
    message: problem.message,
    line: place === null ? null : Number(place[1]),
    column: place === null ? null : Number(place[2]),
    severity,
  }
}
