import { describe, expect, it } from 'vitest'
import { type CompoundNode, writeCompoundFile } from '../../test/support/compound-file.ts'
import { emptyMailOrganisation } from '../domain/mail.ts'
import { mailAnalyser } from './analyse-mail.ts'
import { readMail } from './read-mail.ts'

const original = `From: "PayPal Service" <service@account-check.top>
To: ann@acme.example
Subject: Your account has been limited
Message-ID: <1@account-check.top>
Content-Type: text/html

<p>Dear customer, verify your account within 24 hours or it will be closed.</p><a href="http://paypal.account-check.top/login">https://www.paypal.com/</a>
`
const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\n')
const unicode = (tag: string, value: string): CompoundNode => ({
  name: `__substg1.0_${tag}001F`,
  bytes: Buffer.from(value, 'utf16le'),
})
const outlookFile = writeCompoundFile([
  unicode('0037', 'Your account has been limited'),
  unicode('0C1A', 'PayPal Service'),
  unicode('5D01', 'service@account-check.top'),
  unicode('1000', 'Verify your account: http://paypal.account-check.top/login'),
])

const report = (text: string, attached: string, extra = '') =>
  `From: Ann <ann@acme.example>\nTo: abuse@acme.example\nSubject: FW: Potential phish\nMIME-Version: 1.0\n${extra}Content-Type: multipart/mixed; boundary="r"\n\n--r\nContent-Type: text/plain\n\n${text}\n--r\n${attached}\n--r--\n`

/** What the report buttons send, and what people do by hand. */
const wrappers: Readonly<Record<string, string>> = {
  'Microsoft: an attached message': report(
    'This email was reported as phishing with the Report button.',
    `Content-Type: message/rfc822\nContent-Disposition: attachment\n\n${original}`,
  ),
  'Google: an attached message with a name': report(
    'A user has reported this message as phishing.',
    `Content-Type: message/rfc822; name="original.eml"\nContent-Disposition: attachment; filename="original.eml"\n\n${original}`,
  ),
  'an .eml file, base64': report(
    'Please look.',
    `Content-Type: application/octet-stream; name="reported.eml"\nContent-Transfer-Encoding: base64\n\n${base64(original)}`,
  ),
  'an Outlook .msg file': report(
    'Please look.',
    `Content-Type: application/vnd.ms-outlook; name="reported.msg"\nContent-Transfer-Encoding: base64\n\n${base64(outlookFile)}`,
  ),
  'ARF (RFC 5965)': `From: fbl@provider.example\nTo: abuse@acme.example\nSubject: FW: spam\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary="r"\n\n--r\nContent-Type: text/plain\n\nThis is an abuse report.\n--r\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n--r\nContent-Type: message/rfc822\n\n${original}\n--r--\n`,
}

describe('a report of a mail', () => {
  const analyse = mailAnalyser(emptyMailOrganisation)
  for (const [name, text] of Object.entries(wrappers))
    it(`${name}: the original is judged, not the wrapper`, () => {
      const bytes = Buffer.from(text)
      const mail = readMail(bytes, [])
      expect(mail.unwrapped).toBe(true)
      expect(mail.subject).toBe('Your account has been limited')
      expect(mail.from.map(({ address }) => address)).toEqual(['service@account-check.top'])
      const { verdict, signals } = analyse(bytes, 'x', 0)
      expect(verdict).toBe('phishing')
      for (const { where } of signals) expect(where.end).toBeLessThanOrEqual(bytes.length)
    })

  it('a mail with a message attached among other things, or with much to say itself, is judged whole', () => {
    const attached = `Content-Type: message/rfc822\n\n${original}`
    const long = report('We met last week. '.repeat(400), attached)
    const withFile = report(
      'Two files.',
      `${attached}\n--r\nContent-Type: application/pdf; name="a.pdf"\n\n%PDF-1.4`,
    )
    const notOne = report(
      'A note.',
      'Content-Type: application/octet-stream; name="notes.eml"\n\nno header, just words',
    )
    for (const text of [long, withFile, notOne]) expect(readMail(Buffer.from(text), []).unwrapped).toBe(false)
  })
})
