// The server's part: says where Tocsin is, and signs who is signed in to the dashboard. CommonJS, as the platform loads it.
// The key lies in a file that only the dashboard's account can read; no browser ever sees it.
const { createPrivateKey, randomUUID, sign } = require('node:crypto')
const { readFileSync } = require('node:fs')

/** A token is good for one session of a page that opens now. */
const lifeSeconds = 60

exports.config = {
  // Checked by the platform at its start: `tocsin.url` and `tocsin.keyFile` in opensearch_dashboards.yml.
  get schema() {
    const { schema } = require('@osd/config-schema')
    return schema.object({
      enabled: schema.boolean({ defaultValue: true }),
      url: schema.uri({ scheme: ['http', 'https'] }),
      keyFile: schema.string(),
    })
  },
}

exports.plugin = context => new TocsinPlugin(context)

class TocsinPlugin {
  constructor(context) {
    this.context = context
  }

  async setup(core) {
    const { url, keyFile } = await firstValue(this.context.config.create())
    const key = createPrivateKey(readFileSync(keyFile))
    const router = core.http.createRouter()
    router.get({ path: '/api/tocsin/settings', validate: false }, async (_context, _request, response) =>
      response.ok({ body: { url } }),
    )
    router.post({ path: '/api/tocsin/token', validate: false }, async (context, _request, response) => {
      const person = await personBehind(context)
      if (person === undefined) return response.unauthorized({ body: 'sign in to the dashboard first' })
      return response.ok({ body: { token: signToken(key, person, url) } })
    })
    return {}
  }

  start() {
    return {}
  }

  stop() {}
}

/** Who is signed in, as the security plugin of the indexer says: asked with the person's own credentials. */
async function personBehind(context) {
  const client = context.core.opensearch.client.asCurrentUser
  const { body } = await client.transport.request({ method: 'GET', path: '/_plugins/_security/authinfo' })
  return typeof body?.user_name === 'string' && body.user_name !== '' ? body.user_name : undefined
}

/** A JWT (RFC 7519) signed with Ed25519 (RFC 8037). */
function signToken(key, username, audience) {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'wazuh-dashboard',
    aud: new URL(audience).origin,
    sub: username,
    iat: now,
    exp: now + lifeSeconds,
    jti: randomUUID(),
  }
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part(claims)}`
  return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`
}

/** The platform gives its settings as an observable. */
function firstValue(observable) {
  return new Promise((resolve, reject) => {
    observable.subscribe({ next: resolve, error: reject })
  })
}
