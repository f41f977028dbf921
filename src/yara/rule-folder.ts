import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { AppError } from '../lib/app-error.ts'
import { checkSource, type YaraOptions } from './rule-set.ts'
import { YaraProcess } from './yara-process.ts'

/** What endpoints take, once it is signed: all rules of the folder in one file. */
const bundleName = 'tocsin-rules.yar'

/**
 * YARA rules for endpoints: a folder with one file a rule, and the bundle that the manager shares. Signing it stays a
 * person's step with a key that is not here: endpoints take no unsigned set.
 */
export function openYaraFolder(folder: string, options: YaraOptions): RuleDeployment {
  const place = (fileName: string) => {
    if (!/^tocsin_[a-z0-9_-]+\.yar$/.test(fileName))
      throw new AppError('bad-usage', `'${fileName}' is no rule file of ours`)
    return join(folder, fileName)
  }
  return {
    async read(fileName) {
      try {
        return await readFile(place(fileName), 'utf8')
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    async write(fileName, text) {
      await mkdir(folder, { recursive: true })
      await replace(place(fileName), text)
    },
    remove: fileName => rm(place(fileName), { force: true }),
    async validate(signal) {
      const errors = await compileErrors(await bundleOf(folder), options, signal)
      return { ok: errors.length === 0, details: errors.join('; ') }
    },
    restart: async () => replace(join(folder, bundleName), await bundleOf(folder)),
    async isHealthy(signal) {
      const bundle = await readFile(join(folder, bundleName), 'utf8')
      return (await compileErrors(bundle, options, signal)).length === 0
    },
  }
}

/** A reader sees the old file or the new one, never half of it. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

async function bundleOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.yar') && name !== bundleName).sort()
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return texts.map((text, index) => `// ${names[index]}\n${text.trimEnd()}\n`).join('\n')
}

async function compileErrors(text: string, options: YaraOptions, signal: AbortSignal): Promise<string[]> {
  const yara = new YaraProcess()
  try {
    const source = { name: bundleName, bytes: Buffer.from(text) }
    const { errors } = await checkSource(yara, source, options, signal)
    return errors.map(({ message, where }) => (where === undefined ? message : `${where}: ${message}`))
  } finally {
    yara.close()
  }
}
