import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { AppError } from '../../lib/app-error.ts'
import { canonicalJson } from '../../lib/canonical-json.ts'
import { createEgressFetch } from '../../lib/egress-fetch.ts'
import { type CheckpointTarget, notKept, type TargetOptions } from './checkpoint-target.ts'

const timeoutMs = 30_000

/**
 * Puts each checkpoint as an object of its own into a bucket, signed with AWS Signature Version 4. Never in place of
 * one that is there; with object lock on the bucket nobody can take it away again.
 */
export function s3Target(url: URL, { s3Key, extraCa }: TargetOptions): CheckpointTarget {
  const [accessKeyId, secretAccessKey, sessionToken] = s3Key?.expose().split(':') ?? []
  if (!accessKeyId || !secretAccessKey) {
    throw new AppError(
      'bad-usage',
      'an object store needs TOCSIN_CHECKPOINT_S3_KEY=ACCESS_KEY_ID:SECRET_ACCESS_KEY',
    )
  }
  const endpoint = new URL(url.href.slice('s3+'.length))
  const [bucket = '', ...prefix] = endpoint.pathname.split('/').filter(part => part !== '')
  if (bucket === '')
    throw new AppError('bad-usage', `${url.href} names no bucket: s3+https://ENDPOINT/BUCKET/PREFIX`)
  const region = endpoint.searchParams.get('region') ?? 'us-east-1'
  const aws = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    retries: 0,
  })
  const egress = createEgressFetch({
    rules: [
      {
        host: endpoint.hostname,
        port: endpoint.port === '' ? (endpoint.protocol === 'https:' ? 443 : 80) : Number(endpoint.port),
        // An administrator wrote it: a store on one's own network is what many have.
        addresses: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      },
    ],
    ...(extraCa === undefined ? {} : { extraCa: [extraCa] }),
  })
  return {
    name: url.href,
    compact: false,
    async keep(checkpoint, signal) {
      const body = `${canonicalJson(checkpoint)}\n`
      const { ledger, seq, hash } = checkpoint
      const name = `${ledger.slice(0, 8)}-${String(seq).padStart(12, '0')}-${hash.slice(0, 16)}.json`
      const address = `${endpoint.origin}/${[bucket, ...prefix, name].join('/')}`
      try {
        const request = await aws.sign(address, {
          method: 'PUT',
          headers: {
            'content-type': 'application/json',
            // Buckets with object lock take nothing without a digest of the content.
            'content-md5': createHash('md5').update(body).digest('base64'),
            'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
            'if-none-match': '*',
          },
          body,
        })
        const reply = await egress.fetch(request.url, {
          method: 'PUT',
          headers: request.headers,
          body,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        })
        const text = await reply.text()
        // The name holds the hash: what is there already is this very checkpoint.
        if (!reply.ok && reply.status !== 412) throw new Error(`${reply.status} ${codeIn(text)}`)
      } catch (error) {
        signal.throwIfAborted()
        throw notKept(url.href, error)
      }
    },
  }
}

/** The code of an S3 error document: it has no credentials in it, as the whole text might. */
function codeIn(xml: string): string {
  return /<Code>(\w{1,64})<\/Code>/.exec(xml)?.[1] ?? 'without a code'
}
