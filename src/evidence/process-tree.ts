import type { Alert } from '../domain/alert.ts'
import type { EvidenceDraft } from '../domain/evidence.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { CaseContext } from './case-context.ts'

const maxChains = 6
const maxDepth = 8

interface ProcessStart {
  readonly guid: string
  readonly parentGuid: string
  readonly image: string
  readonly parentImage: string
  readonly host: string
}

/** Which program started which, over the process creations of the case: `winword.exe > powershell.exe > whoami.exe`. */
export function processTree(context: CaseContext): EvidenceDraft[] {
  const starts = context.alerts.flatMap(alert => startOf(alert) ?? [])
  const byGuid = new Map(starts.filter(start => start.guid !== '').map(start => [start.guid, start]))
  const parents = new Set(starts.map(start => start.parentGuid))
  const chains = starts
    .filter(start => start.guid === '' || !parents.has(start.guid))
    .map(start => `${start.host}: ${chainOf(start, byGuid).join(' > ')}`)
  return [...new Set(chains)].slice(0, maxChains).map((chain, index) => ({
    kind: 'process-tree',
    source: `case/${context.case.id}/process-tree/${index + 1}`,
    pointer: '',
    quote: chain,
    trust: 'attacker-controlled' as const, // Names of programs are chosen by whoever wrote the files.
    label: 'Which program started which',
  }))
}

/** From the oldest known ancestor down. A loop of forged identities ends at the depth limit. */
function chainOf(start: ProcessStart, byGuid: ReadonlyMap<string, ProcessStart>): string[] {
  const chain = [start.image]
  let current = start
  for (let depth = 0; depth < maxDepth; depth++) {
    chain.unshift(current.parentImage)
    const parent = byGuid.get(current.parentGuid)
    if (parent === undefined || parent === current) break
    current = parent
  }
  return chain
}

function startOf(alert: Alert): ProcessStart | undefined {
  const text = (member: string) => {
    const value = readPointer(alert.document, `/data/win/eventdata/${member}`)
    return typeof value === 'string' ? value : ''
  }
  const [image, parentImage] = [programName(text('image')), programName(text('parentImage'))]
  if (image === '' || parentImage === '') return undefined
  return {
    guid: text('processGuid'),
    parentGuid: text('parentProcessGuid'),
    image,
    parentImage,
    host: alert.agent.name,
  }
}

function programName(path: string): string {
  return path.split(/[\\/]/).at(-1)?.toLowerCase().slice(0, 80) ?? ''
}
