import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

// The folders of src/ and what each may import. A new arrow is an edit here, with a record in decisions/.
const pure = ['lib', 'domain']
const adapter = ['lib', 'domain']
const pureParts = [
  'normalize',
  'group',
  'assess',
  'redact',
  'policy',
  'verify',
  'wazuh-rules',
  'sigma',
  'knowledge',
  'indicators',
]
const adapters = [
  'store',
  'queue',
  'ledger',
  'wazuh',
  'sources',
  'yara',
  'notify',
  'accounts',
  'mail-gateway',
  'files',
  'pdf',
]
const feature = [...pure, ...pureParts, ...adapters, 'ask', 'evidence']
const features = [
  'ingest',
  'investigate',
  'mail',
  'intel',
  'chat',
  'rule-drafts',
  'respond',
  'file-scan',
  'evaluation',
  'governance',
]
const edge = [...feature, ...features]

const allowed: Record<string, readonly string[]> = {
  lib: [],
  domain: ['lib'],
  ...Object.fromEntries(pureParts.map(name => [name, pure])),
  ...Object.fromEntries([...adapters, 'llm'].map(name => [name, adapter])),
  ask: [...pure, 'redact', 'policy', 'verify', 'knowledge', 'ledger', 'llm'],
  // Rules about identities, on top of what the store keeps of them.
  accounts: [...pure, 'store'],
  // Files beside their rows.
  files: [...pure, 'store'],
  // Finds what there is to tell in what the store keeps, and queues each delivery with it.
  notify: [...pure, 'store', 'queue'],
  evidence: [...pure, 'assess', 'knowledge', 'store', 'wazuh'],
  ...Object.fromEntries(features.map(name => [name, feature])),
  publish: [...feature],
  // /mcp is a route like the others; what it speaks is mcp/.
  http: [...edge, 'mcp'],
  mcp: edge,
  config: ['lib', 'domain'],
  commands: ['*'],
  main: ['*'],
  cli: ['lib', 'commands'],
  'run-cli': ['cli', 'lib'],
}

const root = resolve(import.meta.dirname, '..')

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'),
    )
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const pattern =
    /^(?:import|export)\s+(type\s+)?(?:[^'"]*?from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
  return [...text.matchAll(pattern)].map(match => ({
    file,
    target: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }))
}

/** `src/lib/clock.ts` is in `lib`; `src/cli.ts` is in `cli`. */
function roomOf(path: string): string {
  const [, first = ''] = path.split('/')
  return first.replace(/\.tsx?$/, '')
}

const isTest = (file: string) => file.endsWith('.test.ts') || file.endsWith('.test.tsx')
const source = sourceFiles('src').filter(file => !isTest(file))
const imports = source.flatMap(importsOf)

function localTarget(entry: Import): string | undefined {
  if (!entry.target.startsWith('.')) return undefined
  return relative(root, resolve(root, dirname(entry.file), entry.target))
}

describe('the import table', () => {
  it('has no cycle', () => {
    const done = new Set<string>()
    const visit = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) throw new Error(`cycle: ${[...path, name].join(' -> ')}`)
      if (done.has(name)) return
      for (const next of allowed[name] ?? []) if (next !== '*' && next !== name) visit(next, [...path, name])
      done.add(name)
    }
    for (const name of Object.keys(allowed)) visit(name, [])
    expect(done.size).toBeGreaterThan(20)
  })

  it('knows every folder of src', () => {
    expect([...new Set(source.map(roomOf))].filter(room => !Object.hasOwn(allowed, room))).toEqual([])
  })

  it('is told in ARCHITECTURE.md, room by room', () => {
    const told = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory())
    expect(rooms.map(({ name }) => `\`${name}/\``).filter(name => !told.includes(name))).toEqual([])
  })

  it('is kept by every import', () => {
    const broken = imports.flatMap(entry => {
      const target = localTarget(entry)
      if (target === undefined || !target.startsWith('src/')) return []
      const [from, to] = [roomOf(entry.file), roomOf(target)]
      const list = allowed[from] ?? []
      return from === to || list.includes('*') || list.includes(to) ? [] : [`${entry.file} imports ${target}`]
    })
    expect(broken).toEqual([])
  })

  it('keeps product code away from tests, benches and the console', () => {
    const outside = imports.filter(entry => /^(test|bench|console)\//.test(localTarget(entry) ?? ''))
    expect(outside.map(entry => `${entry.file} imports ${entry.target}`)).toEqual([])
  })
})

describe('invariants in the source', () => {
  const text = (file: string) => readFileSync(join(root, file), 'utf8')

  it('only ask/ and the composition roots import llm/ (invariant 1)', () => {
    const users = imports
      .filter(entry => /^src\/llm\//.test(localTarget(entry) ?? ''))
      .map(entry => roomOf(entry.file))
    expect([...new Set(users)].filter(room => !['llm', 'ask', 'main', 'commands'].includes(room))).toEqual([])
  })

  it('only respond/execute.ts uses what carries actions out (invariant 2)', () => {
    const users = imports
      .filter(entry => /^src\/(?:wazuh\/active-response|mail-gateway\/)/.test(localTarget(entry) ?? ''))
      .map(entry => entry.file)
      .filter(file => !['wazuh', 'mail-gateway', 'main', 'commands'].includes(roomOf(file)))
    expect(users.filter(file => file !== 'src/respond/execute.ts')).toEqual([])
  })

  it('pure parts do no I/O and read no clock and no chance (invariant 3)', () => {
    const pureRooms = ['domain', ...pureParts]
    const forbidden =
      /['"]node:(?!crypto\b|util\b|zlib\b|buffer\b)|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(|\bprocess\.(?:env|argv|cwd|exit|kill|on|stdin|stdout|stderr|hrtime)\b/
    const broken = source.filter(file => pureRooms.includes(roomOf(file)) && forbidden.test(text(file)))
    expect(broken).toEqual([])
  })

  it('only redact() brands text as redacted', () => {
    const users = source.filter(file => /\bbrandRedacted\(/.test(text(file)))
    expect(users.sort()).toEqual(['src/redact/redact.ts', 'src/redact/redacted-text.ts'])
  })

  it('the egress scan shares no code with redaction (invariant 6)', () => {
    const shared = imports
      .filter(entry => /^src\/redact\/egress-/.test(entry.file) && entry.target.startsWith('.'))
      .filter(entry => !/^src\/(domain\/|redact\/egress-)/.test(localTarget(entry) ?? ''))
    expect(shared.map(entry => `${entry.file} imports ${entry.target}`)).toEqual([])
  })

  it('OpenTelemetry’s SDK is loaded by one file, and only when it is asked for', () => {
    const loading = imports.filter(entry => /^@opentelemetry\/(?!api$)/.test(entry.target))
    expect([...new Set(loading.map(entry => entry.file))]).toEqual(['src/main/open-telemetry.ts'])
    expect(text('src/main/open-telemetry.ts')).not.toMatch(/^import .*@opentelemetry/m)
  })

  it('only config.ts reads the environment', () => {
    const readers = source.filter(file => /\bprocess\.env\b/.test(text(file)) && file !== 'src/config.ts')
    expect(readers).toEqual([])
  })

  it('SQL lives in store, queue and ledger', () => {
    const users = imports.filter(
      entry => /^(pg|kysely|pg-copy-streams)$/.test(entry.target) && !entry.typeOnly,
    )
    const rooms = [...new Set(users.map(entry => roomOf(entry.file)))]
    expect(rooms.filter(room => !['store', 'queue', 'ledger'].includes(room))).toEqual([])
  })

  it('the console imports only types, and only from the HTTP contract', () => {
    const broken = sourceFiles('console')
      .flatMap(importsOf)
      .filter(entry => (localTarget(entry) ?? '').startsWith('src/'))
      .filter(entry => !entry.typeOnly || !/^src\/http\/contract/.test(localTarget(entry) ?? ''))
    expect(broken.map(entry => `${entry.file} imports ${entry.target}`)).toEqual([])
  })
})

describe('exports', () => {
  it('of functions and values each have a reader in another file: what has none is not exported', () => {
    const texts = new Map(
      ['src', 'console', 'test', 'bench', 'scripts']
        .flatMap(sourceFiles)
        .map(file => [file, readFileSync(join(root, file), 'utf8')]),
    )
    const readers = new Map<string, string[]>()
    for (const [file, text] of texts)
      for (const [, path = ''] of text.matchAll(/['"`](\.\.?\/[^'"`\n]+)['"`]/g)) {
        const target = relative(root, resolve(root, dirname(file), path))
        readers.set(target, [...(readers.get(target) ?? []), text])
      }
    const unread = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter(name => !readers.get(file)?.some(reader => new RegExp(`\\b${name}\\b`).test(reader)))
        .map(name => `${file} ${name}`),
    )
    expect(unread).toEqual([])
  })
})

describe('names', () => {
  it('files are kebab-case and none is a junk drawer', () => {
    const bad = [...sourceFiles('src'), ...sourceFiles('test'), ...sourceFiles('console')].filter(file => {
      const name = file.split('/').at(-1) ?? ''
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config|\.worker|\.d)?\.tsx?$/.test(name) ||
        /^(utils?|helpers?|types|common|misc)\.tsx?$/.test(name)
      )
    })
    expect(bad).toEqual([])
  })
})
