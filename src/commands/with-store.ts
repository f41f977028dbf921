import type { Config } from '../config.ts'
import { createLogger } from '../main/create-logger.ts'
import { openStore, type Store } from '../main/open-store.ts'
import type { Io } from './command.ts'

/** Opens the database of the settings for one action, beside a server that may be running, and closes it again. */
export async function withStore<Result>(
  config: Config,
  io: Io,
  action: (store: Store) => Promise<Result>,
): Promise<Result> {
  const say = (line: string) => io.stderr(`tocsin: ${line}\n`)
  const store = await openStore(config, createLogger(config.logLevel), say, io.signal)
  try {
    return await action(store)
  } finally {
    await store.close()
  }
}
