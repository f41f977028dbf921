import type { Config } from '../config.ts'
import { environmentSecret } from '../config.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { apiKeyOf } from '../llm/api-key.ts'
import { openObjectStore } from '../main/open-files.ts'
import { readModelSettings } from '../main/open-models.ts'
import { masterKeyOf, readSetPolicy } from '../main/open-models-for.ts'
import { checkTelemetry } from '../main/open-telemetry.ts'
import type { Io } from './command.ts'
import type { Finding } from './doctor.ts'

/** The policy and the models: whether their files hold, and each key can be read. No model is called. */
export async function models(config: Config): Promise<Finding[]> {
  return [...(await policy(config)), ...(await modelFindings(config))]
}

async function policy(config: Config): Promise<Finding[]> {
  const check = 'policy'
  try {
    const { file } = await readSetPolicy(config)
    return [{ check, state: 'ok', detail: file ?? 'the default: nothing confidential to a public model' }]
  } catch (error) {
    return [{ check, state: 'failed', detail: messageOf(error), hint: `Mend ${config.policyFile}.` }]
  }
}

async function modelFindings(config: Config): Promise<Finding[]> {
  const check = 'models'
  try {
    const settings = await readModelSettings(config.modelsFile)
    if (settings.models.length === 0)
      return [{ check, state: 'off', detail: 'none is set up: briefs, verdicts and search need none' }]
    const sources = { environment: environmentSecret, masterKey: masterKeyOf(config) }
    return await Promise.all(
      settings.models.map(async (profile): Promise<Finding> => {
        try {
          await apiKeyOf(profile, sources)
          const hint = `tocsin model test ${profile.name} asks it something.`
          return {
            check,
            state: 'ok',
            detail: `${profile.name}: ${profile.provider}, zone ${profile.zone}`,
            hint,
          }
        } catch (error) {
          const hint = `tocsin model key ${profile.name} seals one.`
          return { check, state: 'failed', detail: messageOf(error), hint }
        }
      }),
    )
  } catch (error) {
    return [{ check, state: 'failed', detail: messageOf(error), hint: `Mend ${config.modelsFile}.` }]
  }
}

/** The object store: an upload begun and given up, and an object that is not there asked for, which changes nothing. */
export async function objectStore(config: Config): Promise<Finding[]> {
  const check = 'files'
  try {
    const store = await openObjectStore(config)
    if (store === undefined) return [{ check, state: 'off', detail: 'kept in the database' }]
    await store.checkWritable(AbortSignal.timeout(15_000))
    try {
      await store.get('doctor', AbortSignal.timeout(15_000))
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'object-missing')) throw error
    }
    return [{ check, state: 'ok', detail: `${store.name} answers` }]
  } catch (error) {
    const hint =
      'Check TOCSIN_FILES, TOCSIN_FILES_S3_KEY and the rights of that key: read, write, delete, list.'
    return [{ check, state: 'failed', detail: messageOf(error), hint }]
  }
}

/** The collector of traces and metrics: sent requests that hold nothing. */
export async function telemetry({ telemetry: settings }: Config, io: Io): Promise<Finding[]> {
  const check = 'telemetry'
  if (settings === undefined)
    return [{ check, state: 'off', detail: 'nothing is sent: TOCSIN_OTEL_URL is not set' }]
  try {
    await checkTelemetry(settings, io.signal)
    const content = settings.captureContent ? ', with the words of calls to models' : ''
    return [{ check, state: 'ok', detail: `${settings.url} takes traces and metrics${content}` }]
  } catch (error) {
    const hint =
      'Check TOCSIN_OTEL_URL (the base address: /v1/traces and /v1/metrics are below it), _HEADERS and _CA, and that the collector receives OTLP over HTTP with JSON.'
    return [{ check, state: 'failed', detail: messageOf(error), hint }]
  }
}

/** What a profile by size of organisation wants to be safe. */
export async function exposure(config: Config): Promise<Finding[]> {
  const check = 'exposure'
  const open = !['127.0.0.1', '::1', 'localhost'].includes(config.host)
  if (open && config.publicUrl?.startsWith('https:') !== true)
    return [
      {
        check,
        state: 'warning',
        detail: `listens on ${config.host} and no https address is set: passwords and cookies can be read on the way`,
        hint: 'Put a proxy with TLS in front, and its address into TOCSIN_PUBLIC_URL; or TOCSIN_HOST=127.0.0.1.',
      },
    ]
  return [{ check, state: 'ok', detail: config.publicUrl ?? 'this machine only' }]
}
