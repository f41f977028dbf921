import { describe, expect, it } from 'vitest'
import { emptyMailOrganisation, flaggedMailVerdicts } from '../domain/mail.ts'
import { mailAnalyser } from './analyse-mail.ts'

const phish = `From: "PayPal Service" <service@account-check.top>
To: anna@example.org
Subject: Your account has been limited
Message-ID: <1@account-check.top>
Content-Type: text/html; charset=utf-8

<html><body><p>Dear customer,</p><p>Your account has been suspended. Verify your account within 24 hours or it will be closed.</p>
<a href="http://paypal.account-check.top/login">https://www.paypal.com/</a></body></html>
`

describe('mailAnalyser', () => {
  const analyse = mailAnalyser(emptyMailOrganisation)

  it('flags a phishing mail and says why, at places in the message', () => {
    const bytes = Buffer.from(phish)
    const report = analyse(bytes, 'a.eml', 0)
    expect(flaggedMailVerdicts).toContain(report.verdict)
    expect(report.message_id).toBe('1@account-check.top')
    const mismatch = report.signals.find(signal => signal.id === 'link-text-mismatch')
    const { start = 0, end = 0 } = mismatch?.where ?? {}
    expect(bytes.subarray(start, end).toString()).toMatch(/^<a href="http:\/\/paypal\.account-check\.top/)
    const threat = report.signals.find(signal => signal.id === 'threatens-account')
    expect(bytes.subarray(threat?.where.start, threat?.where.end).toString()).toContain('limited')
    expect(report.indicators).toContainEqual({ type: 'url', value: 'http://paypal.account-check.top/login' })
  })

  it('gives copies of one campaign one id, and the same bytes the same report', () => {
    const run = mailAnalyser(emptyMailOrganisation)
    const first = run(Buffer.from(phish), 'a.eml', 0)
    const copy = run(Buffer.from(phish.replace('anna@', 'bert@')), 'b.eml', 0)
    expect(copy.campaign).toBe(first.campaign)
    expect(mailAnalyser(emptyMailOrganisation)(Buffer.from(phish), 'a.eml', 0)).toEqual(first)
  })

  it('answers for an empty message', () => {
    const report = analyse(Buffer.alloc(0), 'empty.eml', 0)
    expect(report.problems.map(entry => entry.code)).toContain('empty-message')
  })
})
