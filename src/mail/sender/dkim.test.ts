import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { dkimSign, sealMessage } from 'mailauth'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseMessage } from '../mime/part-tree.ts'
import { arcChain } from './arc.ts'
import { type DkimKeys, verifyDkim } from './dkim.ts'

// Signed by mailauth, whose code is not ours: what it signs must hold here, and nothing that was changed afterwards.

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const recordOf = (kind: 'rsa' | 'ed25519', key: KeyObject) => {
  const der = key.export({ format: 'der', type: 'spki' })
  return `v=DKIM1; k=${kind}; p=${(kind === 'rsa' ? der : der.subarray(-32)).toString('base64')}`
}
const keys: DkimKeys = {
  'r._domainkey.acme.example': recordOf('rsa', rsa.publicKey),
  'e._domainkey.acme.example': recordOf('ed25519', ed25519.publicKey),
  'r._domainkey.list.example': recordOf('rsa', rsa.publicKey),
  'r._domainkey.relay.example': recordOf('rsa', rsa.publicKey),
}
const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }).toString()

const message = [
  'From: Ann  <ann@acme.example>',
  'To: bob@partner.example',
  'Subject: Invoice  7,',
  '\tas agreed',
  'Date: Mon, 9 Nov 2026 10:00:00 +0000',
  'Message-ID: <1@acme.example>',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Dear Bob,',
  '',
  'the invoice  is due on Friday. \t',
  'Grüße, Ann',
  '',
  '',
  '',
].join('\r\n')

const how = ['simple/simple', 'simple/relaxed', 'relaxed/simple', 'relaxed/relaxed'] as const

async function signed(canonicalization: string, kind: 'rsa' | 'ed25519', text = message): Promise<string> {
  const { signatures, errors } = await dkimSign(text, {
    canonicalization,
    ...{ signingDomain: '', selector: '', privateKey: '' }, // Demanded by its types; `signatureData` is what counts.
    signTime: new Date('2026-11-09T10:00:00Z'),
    signatureData: [
      {
        signingDomain: 'acme.example',
        selector: kind === 'rsa' ? 'r' : 'e',
        privateKey: pem(kind === 'rsa' ? rsa.privateKey : ed25519.privateKey),
        algorithm: `${kind}-sha256`,
      },
    ],
  })
  expect(errors).toEqual([])
  return signatures + text
}

const verify = (text: string, known = keys) =>
  verifyDkim(parseMessage(Buffer.from(text), []), known).map(result => result.status)

describe('verifyDkim', () => {
  it.each(how.flatMap(each => [[each, 'rsa'] as const, [each, 'ed25519'] as const]))(
    '%s with %s holds, with bare line feeds too',
    async (each, kind) => {
      const text = await signed(each, kind)
      expect(verify(text)).toEqual(['pass'])
      expect(verify(text.replaceAll('\r\n', '\n'))).toEqual(['pass'])
    },
  )

  it.each(how)('%s: no byte that a reader sees can be changed', async each => {
    const text = await signed(each, 'rsa')
    const changes: [string, string][] = [
      ['due on Friday', 'due on Monday'],
      ['Invoice  7', 'Invoice  8'],
      ['bob@partner', 'eve@partner'],
      ['Ann  <ann@', 'Ben  <ben@'],
      ['Grüße, Ann', 'Grüße, Ann\r\nhttp://evil.example/'],
      ['d=acme.example', 'd=list.example'],
      ['09 Nov', '10 Nov'],
    ]
    for (const [from, to] of changes.filter(([part]) => text.includes(part)))
      expect(verify(text.replace(from, to)), `${from} -> ${to}`).toEqual(['fail'])
  })

  it('does not hold with a second From, above the signed one or in its place', async () => {
    const text = await signed('relaxed/relaxed', 'rsa')
    const at = text.indexOf('From: Ann')
    expect(verify(`${text.slice(0, at)}From: Boss <boss@acme.example>\r\n${text.slice(at)}`)).toEqual([
      'fail',
    ])
    expect(verify(text.replace('From: Ann', 'From: Eve <eve@evil.example>\r\nX-Old: Ann'))).toEqual(['fail'])
  })

  it('believes no signature of a part of the body, of old algorithms, short keys or without From', async () => {
    const text = await signed('relaxed/relaxed', 'rsa')
    expect(verify(text.replace('; d=acme', '; l=20; d=acme'))).toEqual(['fail'])
    expect(verify(text.replace('rsa-sha256', 'rsa-sha1'))).toEqual(['unusable'])
    expect(verify(text.replace(/h=[^;]*;/, 'h=subject:date;'))).toEqual(['unusable'])
    const short = generateKeyPairSync('rsa', { modulusLength: 512 })
    const weak = { 'r._domainkey.acme.example': recordOf('rsa', short.publicKey) }
    expect(verify(text, weak)).toEqual(['unusable'])
    expect(verify(text, { 'r._domainkey.acme.example': 'v=DKIM1; k=rsa; p=' })).toEqual(['unusable'])
    expect(verify(text, { 'r._domainkey.acme.example': 'nonsense; p=%%%' })).toEqual(['unusable'])
  })

  it('says so where the key is not known, and looks nothing up', async () => {
    expect(verify(await signed('relaxed/relaxed', 'rsa'), {})).toEqual(['no-key'])
  })

  it('holds for bodies of nothing, and of line ends only', async () => {
    const head = message.slice(0, message.indexOf('\r\n\r\n') + 4)
    for (const body of ['', '\r\n', '\r\n'.repeat(5_000), 'x', ' \r\n \r\n'])
      for (const each of how) expect(verify(await signed(each, 'rsa', head + body))).toEqual(['pass'])
  })
})

describe('arcChain', () => {
  let sealed: string
  beforeAll(async () => {
    sealed = await seal(await signed('relaxed/relaxed', 'rsa'), 'list.example')
  })

  async function seal(text: string, domain: string): Promise<string> {
    const headers = await sealMessage(text, {
      signingDomain: domain,
      selector: 'r',
      privateKey: pem(rsa.privateKey),
      authResults: `mx.${domain}; dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example`,
      cv: text.includes('ARC-Seal:') ? 'pass' : 'none',
    })
    return headers.toString() + text
  }
  const chain = (text: string, known = keys) => arcChain(parseMessage(Buffer.from(text), []), known)

  it('holds as sealed, and tells who sealed and what the first one saw', () => {
    expect(chain(sealed)).toMatchObject({ status: 'pass', sealers: ['list.example'] })
    expect(chain(sealed)?.firstResults).toMatch(/dmarc\s*=\s*pass/)
    expect(chain(message)).toBeUndefined()
  })

  it('holds over a second hop that changed the text and sealed anew', async () => {
    const footer = `${sealed}-- \r\nSent by the list\r\n`
    expect(chain(footer)?.status).toBe('fail')
    const relayed = await seal(footer, 'relay.example')
    expect(chain(relayed)).toMatchObject({ status: 'pass', sealers: ['list.example', 'relay.example'] })
    expect(chain(relayed.replace('Sent by', 'Sent to'))?.status).toBe('fail')
  })

  it('is unchecked without the key, and fails where anything was changed', () => {
    expect(chain(sealed, {})?.status).toBe('unchecked')
    expect(chain(sealed.replace('dmarc=pass', 'dmarc=fail'))?.status).toBe('fail')
    expect(chain(sealed.replace('due on Friday', 'due on Monday'))?.status).toBe('fail')
    expect(chain(sealed.replace('cv=none', 'cv=pass'))?.status).toBe('fail')
  })

  it('is broken where a field is missing, doubled or not numbered', () => {
    expect(chain(sealed.replace(/^ARC-Seal:[\s\S]*?\r\n(?=\S)/im, ''))?.status).toBe('broken')
    expect(chain(sealed.replace(/i=1/g, 'i=2'))?.status).toBe('broken')
    expect(chain(`ARC-Seal: i=1; cv=none; b=x\r\n${sealed}`)?.status).toBe('broken')
  })
})
