import { readFile } from 'node:fs/promises'
import { parseProviderSettings, providerSecretContext } from '../accounts/provider-settings.ts'
import { type Config, readConfig } from '../config.ts'
import { signInEndpoints } from '../http/contract-sign-in.ts'
import { AppError } from '../lib/app-error.ts'
import { sealEnvelope } from '../lib/envelope.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import { masterKeyOf } from '../main/open-models-for.ts'
import { openProviderOf } from '../main/open-provider.ts'
import { type Command, readArgs, readInput } from './command.ts'

/** What has to be registered with the provider. Without TOCSIN_PUBLIC_URL only this machine's browsers can sign in. */
export function callbackOf({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): string {
  return new URL(signInEndpoints.finishProvider.path, publicUrl ?? `http://localhost:${port}`).href
}

/** `tocsin sign-in`. */
export const command: Command = {
  usage: `tocsin sign-in check
tocsin sign-in key

check  reads sign-in.yaml and asks the OpenID provider in it who it is, as a sign-in would
key    reads a client secret from standard input and prints it sealed, for 'secret: { sealed: … }' in sign-in.yaml

The provider is set up in sign-in.yaml of the data directory (or the file that TOCSIN_SIGN_IN names):

  provider:
    name: Keycloak
    issuer: https://id.example.org/realms/soc
    client: tocsin
    secret: { env: TOCSIN_OIDC_SECRET }      # or { file: … } or { sealed: … }
    roles:
      - { claim: groups, value: soc-approvers, role: approver }
    otherwise: viewer                        # left out: who has no such group cannot sign in

Register <address of the console>/api/sign-in/provider/callback there. Exit code 0 done, 1 the provider cannot be used, 2 bad usage.
`,
  async run(args, io) {
    const { positionals } = readArgs(args, { allowPositionals: true, options: {} })
    const [action, ...rest] = positionals
    const config = readConfig()
    if (action === 'key' && rest.length === 0) {
      const secret = (await readInput('-', io)).toString('utf8').trim()
      if (secret === '') throw new AppError('bad-usage', 'no secret on standard input')
      io.stdout(`${sealEnvelope(await masterKeyOf(config)(), secret, providerSecretContext)}\n`)
      return 0
    }
    if (action !== 'check' || rest.length > 0) throw new AppError('bad-usage', 'say check or key')
    const settings = await readFile(config.signInFile, 'utf8').catch(error => {
      throw new AppError(
        'unreadable-input',
        `cannot read ${config.signInFile}: ${fileTrouble(error)}; 'tocsin sign-in --help' says what is in it`,
        { cause: error },
      )
    })
    const { issuer } = parseProviderSettings(settings)
    const provider = await openProviderOf(config)
    const begun = await provider?.begin(callbackOf(config))
    io.stdout(`${issuer} answers; a sign-in begins at ${new URL(begun?.url ?? issuer).origin}\n`)
    return 0
  },
}
