import { expect, it } from 'vitest'
import { flaggedMailVerdicts, type MailOrganisation } from '../../../src/domain/mail.ts'
import { mailAnalyser } from '../../../src/mail/analyse-mail.ts'
import { attacks, composeEveryday, type EverydayMail, wanted } from './everyday-mail.ts'

// Behaviour on mail of the kinds that people get today, none of it trained on: what an organisation knows about itself is set, as it
// would be. A change that breaks a kind of mail shows here before it shows to a person.

const organisation: MailOrganisation = {
  domains: ['acme.example'],
  people: [
    { name: 'Jon Whitfield', addresses: ['jon.whitfield@acme.example'] },
    { name: 'Peter Holzer', addresses: ['peter.holzer@acme.example'] },
  ],
  brands: [],
  receivers: [],
}
const analyse = mailAnalyser(organisation)
const flaggedKinds = (mails: readonly EverydayMail[]) =>
  mails
    .map((mail, index) => ({ kind: mail.kind, report: analyse(composeEveryday(mail), 'x', index) }))
    .filter(({ report }) => flaggedMailVerdicts.includes(report.verdict))
    .map(({ kind }) => kind)

/** A roastery called Hofer, as the supermarkets are: its sender and domain look like an imitation of theirs. */
const knownMisses = ['newsletter']

it('leaves wanted mail alone', () => {
  expect(flaggedKinds(wanted)).toEqual(knownMisses)
})

it('flags every kind of attack', () => {
  const found = flaggedKinds(attacks)
  expect(attacks.map(mail => mail.kind).filter(kind => !found.includes(kind))).toEqual([])
})
