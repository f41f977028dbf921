import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompoundNode, writeCompoundFile } from '../../../test/support/compound-file.ts'
import { readMail } from '../read-mail.ts'
import { outlookToMime } from './outlook-message.ts'

const unicode = (tag: string, value: string): CompoundNode => ({
  name: `__substg1.0_${tag}001F`,
  bytes: Buffer.from(value, 'utf16le'),
})
const binary = (tag: string, value: string): CompoundNode => ({
  name: `__substg1.0_${tag}0102`,
  bytes: Buffer.from(value),
})

const message = writeCompoundFile([
  unicode('0037', 'Größe der Rechnung'),
  unicode('0C1A', 'Anna Schäfer'),
  unicode('5D01', 'anna@firma.example'),
  unicode('1035', '<7@firma.example>'),
  unicode('1000', 'Guten Tag,\r\nanbei die Rechnung.'),
  binary('1013', '<p>Guten Tag, <a href="https://firma.example/r">Rechnung</a></p>'),
  {
    name: '__attach_version1.0_#00000000',
    children: [unicode('3707', 'rechnung.pdf'), binary('3701', '%PDF-1.4')],
  },
])

describe('outlookToMime', () => {
  it('reads subject, sender, both bodies and attachments of a .msg', () => {
    const mail = readMail(message, [])
    expect(mail.subject).toBe('Größe der Rechnung')
    expect(mail.from).toEqual([
      { name: 'Anna Schäfer', address: 'anna@firma.example', domain: 'firma.example' },
    ])
    expect(mail.messageId).toBe('7@firma.example')
    expect(mail.texts.map(text => text.kind)).toEqual(['plain', 'html'])
    expect(mail.links.map(link => link.destination)).toEqual(['https://firma.example/r'])
    expect(mail.attachments.map(part => part.fileName)).toEqual(['rechnung.pdf'])
  })

  it('takes the transport headers where Outlook kept them', () => {
    const kept = writeCompoundFile([
      unicode(
        '007D',
        'From: Bank <service@bank.example>\r\nReply-To: x@y.example\r\nSubject: Hello\r\nContent-Type: text/plain\r\n\r\n',
      ),
      unicode('1000', 'Hi'),
    ])
    const mail = readMail(kept, [])
    expect(mail.replyTo[0]?.address).toBe('x@y.example')
    expect(mail.body?.visible.trim()).toBe('Hi')
  })

  it('survives any damage', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 30 }),
        fc.nat(message.length),
        (changes, length) => {
          const broken = Buffer.from(message.subarray(0, length))
          for (const [at, value] of changes) if (at < broken.length) broken[at] = value
          outlookToMime(broken)
        },
      ),
      { numRuns: 300, seed: 7 },
    )
  })
})
