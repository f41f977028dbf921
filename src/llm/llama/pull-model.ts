import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../lib/app-error.ts'
import { createEgressFetch } from '../../lib/egress-fetch.ts'
import { bindingVersion } from './llama-binding.ts'

export interface PullRequest {
  /** The name under which `models.yaml` will know it (`model: NAME`). */
  readonly name: string
  readonly modelsDir: string
  /** An https address, or a file on this machine. */
  readonly from: string
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

export interface PulledModel {
  readonly name: string
  readonly path: string
  readonly size_bytes: number
  readonly sha256: string
}

/**
 * Brings a GGUF file into the data directory, and the runtime where it is not there yet. A download that broke off
 * goes on where it stopped. The file takes its place only after its digest was checked. Throws `checksum-mismatch`.
 */
export async function pullModel(request: PullRequest): Promise<PulledModel> {
  const { name, modelsDir } = request
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name))
    throw new AppError('bad-usage', `'${name}' is no name for a model`)
  await mkdir(modelsDir, { recursive: true, mode: 0o700 })
  await installRuntime(modelsDir, request.say, request.signal)
  const path = join(modelsDir, `${name}.gguf`)
  const partial = `${path}.part`
  if (/^https?:/.test(request.from)) await download(request, partial)
  else await copyFile(request.from, partial)
  const sha256 = await digestOfFile(partial)
  if (sha256 !== request.sha256.toLowerCase()) {
    await rm(partial)
    throw new AppError(
      'checksum-mismatch',
      `${request.from} has SHA-256 ${sha256}, not the one that was asked for`,
    )
  }
  await rename(partial, path)
  return { name, path, size_bytes: (await stat(path)).size, sha256 }
}

const platformPackage: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
}

/**
 * Installs node-llama-cpp with the one prebuilt binary of this platform. Left to itself it would bring 677 MB of GPU
 * builds, which is why it is no dependency of ours.
 */
async function installRuntime(
  modelsDir: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(modelsDir, 'runtime')
  const present = await access(join(folder, 'node_modules', 'node-llama-cpp')).then(
    () => true,
    () => false,
  )
  if (present) return
  const platform = platformPackage[`${process.platform}-${process.arch}`]
  if (!platform)
    throw new AppError('unsupported-platform', `no local runtime for ${process.platform} ${process.arch}`)
  say(`installing the local runtime (node-llama-cpp ${bindingVersion}) into ${folder}`)
  await mkdir(folder, { recursive: true })
  const packages = [`node-llama-cpp@${bindingVersion}`, `@node-llama-cpp/${platform}@${bindingVersion}`]
  const options = [
    '--prefix',
    folder,
    '--no-save',
    '--omit=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ]
  const npm = spawn('npm', ['install', ...options, ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    signal,
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    npm.on('error', reject)
    npm.on('exit', resolve)
  })
  if (code !== 0)
    throw new AppError(
      'runtime-not-installed',
      `npm ended with code ${code}; is the package registry reachable?`,
    )
}

async function download({ from, say, signal }: PullRequest, partial: string): Promise<void> {
  const start = await stat(partial).then(
    ({ size }) => size,
    () => 0,
  )
  if (start > 0) say(`going on at byte ${start}`)
  const response = await fetchFollowing(new URL(from), start, signal)
  if (response.status === 416) return // Nothing is missing: the digest will tell whether it is right.
  if (!response.ok || response.body === null) {
    throw new AppError('download-failed', `${from} answered ${response.status}`, {
      retryable: response.status >= 500,
    })
  }
  // A server that ignores the range sends all of it again.
  const flags = response.status === 206 ? 'a' : 'w'
  await pipeline(Readable.fromWeb(response.body), createWriteStream(partial, { flags }), { signal })
}

/** Model stores send downloads to another host. The administrator named the first; each hop must be public, over TLS. */
async function fetchFollowing(url: URL, start: number, signal: AbortSignal): Promise<Response> {
  let next = url
  for (let hops = 0; hops < 6; hops++) {
    const port = next.port === '' ? (next.protocol === 'https:' ? 443 : 80) : Number(next.port)
    // A store that leads into the own network, or to this machine, is not followed; the first address is the admin's word.
    const only = next.host === url.host ? {} : { only: ['public'] as const }
    const egress = createEgressFetch({
      rules: [{ host: next.hostname, port, ...only }],
      redirects: 'return',
      maxAnswerBytes: Number.POSITIVE_INFINITY,
    })
    const response = await egress.fetch(next, {
      headers: start > 0 ? { range: `bytes=${start}-` } : {},
      signal,
    })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return response
    await response.body?.cancel()
    next = new URL(location, next)
  }
  throw new AppError('download-failed', `${url.host} redirects too often`)
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
