import { readFile } from 'node:fs/promises'
import { openProvider, type Provider } from '../accounts/provider.ts'
import {
  type ProviderSettings,
  parseProviderSettings,
  providerSecretContext,
} from '../accounts/provider-settings.ts'
import { type Config, environmentSecret } from '../config.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import { isErrno } from '../lib/file-lock.ts'
import { secretAt } from '../lib/secret-place.ts'
import { masterKeyOf } from './open-models-for.ts'

/** The OpenID provider of sign-in.yaml; none where there is no such file. Throws `bad-usage`, `key-missing`. */
export async function openProviderOf(config: Config): Promise<Provider | undefined> {
  const settings = await readSettings(config.signInFile)
  if (settings === undefined) return undefined
  const sources = { environment: environmentSecret, masterKey: masterKeyOf(config) }
  const secret = await secretAt(settings.secret, 'the sign-in provider', providerSecretContext, sources)
  const { hostname, port, protocol } = new URL(settings.issuer)
  const others = settings.hosts.map(each => new URL(`https://${each}`))
  const addresses = settings.addresses === undefined ? {} : { addresses: settings.addresses }
  // Tokens and keys are fetched from these hosts and nowhere else, whatever the discovery document says.
  const { fetch } = createEgressFetch({
    rules: [
      { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80), ...addresses },
      ...others.map(url => ({ host: url.hostname, port: Number(url.port) || 443, ...addresses })),
    ],
    maxAnswerBytes: 4 * 1024 * 1024,
    ...(settings.authority === undefined ? {} : { extraCa: [await readFile(settings.authority, 'utf8')] }),
  })
  return openProvider(settings, secret, fetch)
}

async function readSettings(path: string): Promise<ProviderSettings | undefined> {
  try {
    return parseProviderSettings(await readFile(path, 'utf8'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
