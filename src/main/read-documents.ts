import { existsSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { type DocumentIndex, indexDocuments } from '../chat/documents/document-index.ts'
import { filesBelow } from '../commands/files-below.ts'

const ownDocuments = [
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'console/README.md',
  'bench/README.md',
  'deploy/README.md',
  'dashboard-plugin/README.md',
]
const largestBytes = 2 * 1024 * 1024

/** The index of Tocsin's own documentation and of whatever Markdown or text lies in `<data>/documents`. */
export function readDocuments(dataDir: string): DocumentIndex {
  const root = resolve(import.meta.dirname, '..', '..')
  const own = ownDocuments.filter(name => existsSync(join(root, name)))
  const folder = join(dataDir, 'documents')
  const imported = existsSync(folder) ? filesBelow(folder, name => /\.(md|txt|rst)$/i.test(name)) : []
  return indexDocuments([
    ...own.map(name => ({ name: `tocsin/${name}`, text: readFileSync(join(root, name), 'utf8') })),
    ...imported.map(path => ({
      name: relative(folder, path) || basename(path),
      text: readFileSync(path, 'utf8').slice(0, largestBytes),
    })),
  ])
}
