import { createHmac, randomBytes } from 'node:crypto'

// Time-based one-time passwords: RFC 6238 with its defaults (SHA-1, 30 s, six digits), the ones that every
// authenticator app reads.

const stepMs = 30_000
const digits = 6
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 160 random bits, as RFC 4226 (section 4) recommends. */
export function newTotpSecret(): Buffer {
  return randomBytes(20)
}

/** RFC 4648 base 32 without padding: how authenticator apps take a secret. */
export function base32(bytes: Uint8Array): string {
  let [text, buffer, held] = ['', 0, 0]
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    held += 8
    while (held >= 5) {
      text += alphabet[(buffer >> (held - 5)) & 31]
      held -= 5
    }
    buffer &= (1 << held) - 1
  }
  return held === 0 ? text : text + alphabet[(buffer << (5 - held)) & 31]
}

/** The code of one time step (RFC 4226, 5.3). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac[mac.length - 1] ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0')
}

/** The time step that an instant is in. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / stepMs)
}

/** The time step whose code this is: the current one or one beside it, for clocks that differ. `undefined`: none. */
export function stepOfCode(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const now = totpStep(nowMs)
  return [now, now - 1, now + 1].find(step => step >= 0 && totpCode(secret, step) === code)
}

/** What the QR code says (the Key URI format that authenticator apps share). */
export function totpUri(secret: Uint8Array, username: string): string {
  const label = `Tocsin:${encodeURIComponent(username)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=Tocsin&algorithm=SHA1&digits=${digits}&period=30`
}
