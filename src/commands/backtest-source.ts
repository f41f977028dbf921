import { statSync } from 'node:fs'
import { readConfig } from '../config.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { systemClock } from '../lib/clock.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { openWazuh } from '../main/wazuh.ts'
import type { Indexer } from '../wazuh/indexer.ts'
import { toByteText } from '../wazuh-rules/byte-text.ts'
import type { Io } from './command.ts'
import { readLines } from './read-lines.ts'

/** One line of the past, and how far through the whole it is. */
export interface PastLine {
  /** One byte a character, as the engine reads it. */
  readonly line: string
  /** 0 to 1; undefined where nobody knows how much there is. */
  readonly done: number | undefined
  /** Where to go on after this line; undefined where only counting lines helps. */
  readonly place: Json | undefined
}

/** What a backtest runs over. */
export interface BacktestSource {
  /** Names this input and its state, so that a kept run of another one is not gone on with. */
  readonly key: string
  /** Lines in an order that is the same each time; from behind `place`, where one is given. */
  lines(place: Json | undefined): AsyncIterable<PastLine>
}

export function fileSource(path: string, io: Io): BacktestSource {
  const stat = statSync(path, { throwIfNoEntry: false })
  const size = stat?.isFile() && !path.endsWith('.gz') ? stat.size : undefined
  return {
    key: stat === undefined ? path : `${path}:${stat.size}:${stat.mtimeMs}`,
    async *lines() {
      let read = 0
      for await (const line of readLines(path, io)) {
        read += line.length + 1
        yield { line, done: size && Math.min(1, read / size), place: undefined }
      }
    },
  }
}

export interface IndexerWindow {
  readonly index: string
  /** ISO 8601; absent: all there is. */
  readonly from: string | undefined
  readonly to: string | undefined
}

const pageSize = 1000

/** Documents of the indexer, oldest first, as hits a line: the same shape as an export of it. */
export function indexerSource(indexer: Indexer, { index, from, to }: IndexerWindow, io: Io): BacktestSource {
  const range = { ...(from && { gte: from }), ...(to && { lt: to }) }
  const query: Json =
    Object.keys(range).length === 0
      ? { match_all: {} }
      : { bool: { filter: [{ range: { timestamp: range } }] } }
  return {
    key: `indexer:${index}:${from ?? ''}:${to ?? ''}`,
    async *lines(place) {
      const total = await countOf(indexer, index, query, io.signal)
      let view = await indexer.openView(index, io.signal)
      let read = 0
      try {
        for (let after = place; ; ) {
          const page = await indexer.page(view, query, asCursor(after), pageSize, io.signal)
          view = page.view
          for (const { _id, _index, _source, sort } of page.hits) {
            read++
            const hit = toByteText(JSON.stringify({ _id, _index, _source }))
            yield { line: hit, done: total && Math.min(1, read / total), place: sort ?? undefined }
          }
          after = page.hits.at(-1)?.sort
          if (page.hits.length < pageSize || after === undefined) return
        }
      } finally {
        await indexer.closeView(view, AbortSignal.timeout(5000)).catch(() => undefined) // It ends by itself after five minutes.
      }
    },
  }
}

function asCursor(place: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(place) ? place : undefined
}

async function countOf(
  indexer: Indexer,
  index: string,
  query: Json,
  signal: AbortSignal,
): Promise<number | undefined> {
  const reply = await indexer.request('POST', `/${encodeURIComponent(index)}/_count`, { query }, signal)
  const count = readPointer(reply, '/count')
  return typeof count === 'number' && count > 0 ? count : undefined
}

/** The indexer that the settings name. */
export function settingsIndexer(io: Io): Indexer {
  const { indexer } = openWazuh(readConfig(), systemClock, error => io.stderr(`${messageOf(error)}\n`))
  if (indexer === undefined)
    throw new AppError('bad-usage', 'no indexer is set: TOCSIN_INDEXER_URL, _USER and _PASSWORD name it')
  return indexer
}
