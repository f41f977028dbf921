import { readFile } from 'node:fs/promises'
import { type Feed, parseFeeds } from '../intel/feeds/feed-settings.ts'

/** The feeds that feeds.yaml names; none where there is no such file. Throws `bad-usage` for a wrong one. */
export async function openFeeds(file: string): Promise<Feed[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return parseFeeds(text, file)
}
