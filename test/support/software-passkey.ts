import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A passkey in software: what an authenticator and a browser do together (WebAuthn 3, 6 and 7), for tests without a browser. */
export interface SoftwarePasskey {
  /** The browser's answer to the options of an enrolment. */
  make(options: unknown): Record<string, unknown>
  /** The browser's answer to the options of a sign-in. `change` plays foul. */
  sign(
    options: unknown,
    change?: { origin?: string; rpId?: string; flags?: number; count?: number; type?: string },
  ): Record<string, unknown>
}

const userPresentAndVerified = 0b0000_0101
const withCredential = 0b0100_0000

export function softwarePasskey(origin: string, userId?: string): SoftwarePasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  const rpId = new URL(origin).hostname
  let count = 0
  let handle = userId
  const clientData = (type: string, challenge: string, from: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }))
  return {
    make(options) {
      const { challenge, user } = options as { challenge: string; user: { id: string } }
      handle = user.id
      const authenticator = Buffer.concat([
        authenticatorData(rpId, userPresentAndVerified | withCredential, 0),
        Buffer.alloc(16),
        Buffer.from([0, id.length]),
        id,
        coseKey(publicKey.export({ format: 'jwk' }) as { x: string; y: string }),
      ])
      // { fmt: 'none', attStmt: {}, authData } in CBOR.
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(authenticator),
      ])
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    sign(options, change = {}) {
      const { challenge } = options as { challenge: string }
      count += 1
      const authenticator = authenticatorData(
        change.rpId ?? rpId,
        change.flags ?? userPresentAndVerified,
        change.count ?? count,
      )
      const client = clientData(change.type ?? 'webauthn.get', challenge, change.origin ?? origin)
      const signed = Buffer.concat([authenticator, createHash('sha256').update(client).digest()])
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authenticator.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
          userHandle: handle,
        },
      }
    },
  }
}

function authenticatorData(rpId: string, flags: number, count: number): Buffer {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(count)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counter])
}

/** An ES256 key as COSE writes it: { 1: 2, 3: -7, -1: 1, -2: x, -3: y }. */
function coseKey({ x, y }: { x: string; y: string }): Buffer {
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01])
  return Buffer.concat([
    head,
    Buffer.from([0x21]),
    bytes(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    bytes(Buffer.from(y, 'base64url')),
  ])
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)])
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, value.length]), value])
}
