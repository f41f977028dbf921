import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoint } from '../../src/http/endpoint.ts'

const folder = join(import.meta.dirname, '..', '..', 'src', 'http')

/** Every endpoint, read from the folder, so that a new contract file is tried without anybody having to think of it. */
export async function wholeContract(): Promise<Endpoint[]> {
  const files = readdirSync(folder).filter(name => /^contract(-[\w-]+)?\.ts$/.test(name))
  const modules = await Promise.all(files.map(name => import(/* @vite-ignore */ join(folder, name))))
  return modules.flatMap(module =>
    Object.entries<Record<string, Endpoint>>(module)
      .filter(([name]) => name.endsWith('Endpoints'))
      .flatMap(([, group]) => Object.values(group)),
  )
}
