// The child process that holds YARA-X. The native binding takes its process down on some invalid rules and cannot be
// interrupted in a scan, so it never runs in the process that matters: the parent kills this one and starts another.
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { compile, validate, type YaraX } from '@litko/yara-x'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { ChildRequest, ChildResponse, CompileOptions, Diagnostic, RawMatch } from './child-protocol.ts'

let loaded: YaraX[] = []

process.on('message', (request: ChildRequest) => {
  process.send?.(answer(request))
})
process.on('disconnect', () => process.exit(0))

function answer(request: ChildRequest): ChildResponse {
  try {
    switch (request.kind) {
      case 'check':
        return check(request.source, request.options)
      case 'load':
        loaded = request.bundles.map(bundle => compile(bundle.source, bindingOptions(request.options)))
        for (const rules of loaded) rules.setMaxMatchesPerPattern(1_000)
        return { kind: 'loaded' }
      case 'scan':
        return scan(request)
    }
  } catch (error) {
    return {
      kind: 'failed',
      code: error instanceof AppError ? error.code : 'yara-failed',
      message: messageOf(error),
    }
  }
}

function bindingOptions(options: CompileOptions) {
  return {
    defineVariables: options.variables,
    enableIncludes: options.includeFolders.length > 0,
    includeDirectories: [...options.includeFolders],
  }
}

function check(source: string, options: CompileOptions): ChildResponse {
  const { errors, warnings } = validate(source, bindingOptions(options))
  // Some rules compile and take the process down when they first run (a regular expression past the engine's size
  // limit). Better here than in the scan that trusted them.
  if (errors.length === 0) compile(source, bindingOptions(options)).scan(Buffer.alloc(1))
  return { kind: 'checked', errors: errors.map(diagnostic), warnings: warnings.map(diagnostic) }
}

/** The binding leaves `line` empty and renders a picture of the source; its second line holds the place. */
function diagnostic(entry: { code: string; message: string }): Diagnostic {
  const [head = '', ...picture] = entry.message.split('\n')
  const place = /-->\s*[^:]*:(\d+):(\d+)/.exec(picture[0] ?? '')
  const note = picture
    .map(line => /^\s*(?:\d+ )?\|?\s*[-^]+ (\S.*)$/.exec(line)?.[1])
    .find(text => text !== undefined)
  const hint = picture.map(line => /= (?:note|help): (.*)$/.exec(line)?.[1]).find(text => text !== undefined)
  const message = [head.replace(/^(error|warning)(\[\w+\])?: /, ''), note, hint]
    .filter(part => part !== undefined)
    .join(': ')
  if (place === null) return { code: entry.code, message }
  return { code: entry.code, message, line: Number(place[1]), column: Number(place[2]) }
}

function scan(request: ChildRequest & { kind: 'scan' }): ChildResponse {
  const bytes =
    request.target.kind === 'file'
      ? readRegularFile(request.target.path, request.limitBytes)
      : Buffer.from(request.target.bytes)
  const matches = loaded.flatMap((rules, bundle) =>
    rules.scan(bytes, { ...request.variables }).map(
      (match): RawMatch => ({
        bundle,
        rule: match.ruleIdentifier,
        strings: match.matches.map(found => ({
          id: found.identifier,
          offset: found.offset,
          length: found.length,
        })),
      }),
    ),
  )
  return {
    kind: 'scanned',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    matches,
  }
}

/** Reads once, so that the hash is of the bytes that were scanned. Never opens a pipe or a device (they would block). */
function openForReading(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw new AppError('unreadable-input', `cannot read it: ${messageOf(error)}`, { cause: error })
  }
}

function readRegularFile(path: string, limitBytes: number): Buffer {
  const file = openForReading(path)
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new AppError('not-a-regular-file', 'it is not a regular file: not scanned')
    if (stat.size > limitBytes) {
      throw new AppError(
        'too-large',
        `it has ${stat.size} bytes, more than the limit of ${limitBytes}: not scanned`,
      )
    }
    const bytes = Buffer.alloc(stat.size)
    let length = 0
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, length)
      if (read === 0) break // It shrank while we read.
      length += read
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(file)
  }
}
