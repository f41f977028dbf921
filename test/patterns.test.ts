import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { parseAst } from 'vite'
import { describe, expect, it } from 'vitest'
import { type PumpedPattern, pumpedTexts } from './support/pumped-texts.ts'

/*
 * Every pattern that is written in src/, on short texts that repeat each of its parts. A pattern that can read one text in two ways
 * at each repetition takes 2^60 steps on these and never ends; any other needs some thousands. Nothing is measured: a pattern
 * ends, or is named. Two that did not were reached by anybody who sends a mail or asks a web server for a page.
 */

const root = resolve(import.meta.dirname, '..')

interface Literal {
  readonly source: string
  readonly flags: string
}

/** The regular expressions in the text of a module, wherever they stand. */
function literalsIn(text: string): Literal[] {
  const found: Literal[] = []
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return
    const { regex } = node as { regex?: { pattern: string; flags: string } }
    if (regex) found.push({ source: regex.pattern, flags: regex.flags })
    for (const member of Object.values(node)) visit(member)
  }
  visit(parseAst(stripTypeScriptTypes(text)))
  return found
}

const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map(entry => join(entry.parentPath, entry.name))
const patterns: PumpedPattern[] = files.flatMap(file =>
  literalsIn(readFileSync(file, 'utf8'))
    .filter(({ source }) => /[*+]|\{\d+,/.test(source))
    .map(literal => ({ ...literal, file: relative(root, file), texts: pumpedTexts(literal) })),
)

/** Only what hangs is longer than this; a whole run takes seconds. */
const hangMs = 120_000

/** The pattern that `list` did not get past, or undefined where all ended. */
function firstThatHangs(list: readonly PumpedPattern[], waitMs = hangMs): Promise<PumpedPattern | undefined> {
  return new Promise((resolveWith, reject) => {
    let at = 0
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
       for (const [index, { source, flags, texts }] of workerData.entries()) {
         parentPort.postMessage(index)
         const pattern = new RegExp(source, flags.replace(/[gyd]/g, '') + 'g')
         for (const text of texts) for (const match of text.matchAll(pattern)) void match
       }
       parentPort.postMessage('done')`,
      { eval: true, workerData: list },
    )
    let timer: NodeJS.Timeout | undefined
    const end = (result: PumpedPattern | undefined) => {
      clearTimeout(timer)
      void worker.terminate()
      resolveWith(result)
    }
    worker.on('message', (said: number | 'done') => {
      if (said === 'done') return end(undefined)
      at = said
      clearTimeout(timer)
      timer = setTimeout(() => end(list[at]), waitMs)
    })
    worker.once('error', reject)
  })
}

describe('patterns', () => {
  it('are found, in every room that reads hostile text', () => {
    expect(patterns.length).toBeGreaterThan(500)
    const rooms = new Set(patterns.map(({ file }) => file.split('/')[1]))
    for (const room of ['mail', 'intel', 'indicators', 'redact', 'assess', 'normalize', 'verify', 'chat'])
      expect(rooms).toContain(room)
  })

  it('end on whatever is repeated, each of them', async () => {
    expect(await firstThatHangs(patterns)).toBeUndefined()
  })

  it('would be caught: one that reads a comment in two ways does not end', async () => {
    const literal = { source: String.raw`^(?:<!--[\s\S]*?-->\s*)*<svg`, flags: '' }
    const bad = { ...literal, file: 'here', texts: pumpedTexts(literal) }
    expect(await firstThatHangs([bad], 1_000)).toBe(bad)
  })
})
