import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { filesBelow } from '../commands/files-below.ts'
import { AppError } from '../lib/app-error.ts'
import type { ScanFiles } from '../mail/scan-files.ts'
import {
  type CheckedSource,
  checkSource,
  customaryVariables,
  includeFolderOf,
  RuleSet,
  type YaraOptions,
} from '../yara/rule-set.ts'
import { YaraProcess } from '../yara/yara-process.ts'

export interface MailScanner {
  readonly scan: ScanFiles
  close(): void
}

const options: YaraOptions = {
  variables: customaryVariables,
  timeoutMs: 10_000,
  memoryBytes: 1024 ** 3,
  fileLimitBytes: 64 * 1024 ** 2,
}

/**
 * YARA rules for files of mails, out of a file or a folder of `.yar` and `.yara` files. Rules that do not compile are named to
 * `onLeftOut`; where none does, it throws `bad-usage`. A file that cannot be scanned makes the scan of its mail fail.
 */
export async function openMailScanner(path: string, onLeftOut: (what: string) => void): Promise<MailScanner> {
  const yara = new YaraProcess()
  const sources: CheckedSource[] = []
  try {
    for (const file of filesBelow(path, name => /\.yara?$/.test(name))) {
      const source = { name: file, bytes: await readFile(file), includeFolder: includeFolderOf(file) }
      const checked = await checkSource(yara, source, options)
      if (checked.errors.length === 0) sources.push(checked)
      else onLeftOut(`${file}: ${checked.errors[0]?.message ?? 'does not compile'}`)
    }
    if (sources.length === 0) throw new AppError('bad-usage', `no YARA rule file in ${path} compiles`)
  } catch (error) {
    yara.close()
    throw error
  }
  const rules = new RuleSet(yara, sources, options)
  return {
    async scan(files) {
      const found: string[][] = []
      for (const { name, bytes } of files) {
        const variables = { filename: name, extension: extname(name) }
        const { matches, problems } = await rules.scan({ kind: 'bytes', bytes }, variables)
        const [failure] = problems
        if (failure) throw new AppError(failure.code, failure.message)
        found.push(matches.map(match => match.rule))
      }
      return found
    },
    close: () => yara.close(),
  }
}
