import { describe, expect, it } from 'vitest'
import { withoutDenied } from './denied-clauses.ts'
import { extractIndicators } from './extract-indicators.ts'

describe('what a sentence denies', () => {
  it.each([
    ['We found no evidence of lateral movement, but they read mail.', /lateral/, /read mail/],
    ['No data was encrypted.', /encrypted/, /./],
    ['The attackers did not use PowerShell; they used cmd.exe.', /PowerShell/, /cmd\.exe/],
    ['Unlike APT28, the group used PowerShell.', /APT28/, /used PowerShell/],
    ['Unlike APT28, which is known for phishing, the group used stolen keys.', /phishing/, /stolen keys/],
    ['The server was patched before exploitation.', /exploitation/, /was patched/],
    ['The host was isolated before the attackers could encrypt files.', /encrypt/, /isolated/],
    ['Instead of PowerShell, the actor used Python.', /PowerShell/, /Python/],
    ["The group didn't steal anything, and they left.", /steal/, /they left/],
    ['Our analysis ruled out credential dumping.', /dumping/, /Our analysis/],
    ['A second flaw would have allowed remote code execution.', /remote code/, /second flaw/],
    ['The alert about phishing was a false positive.', /phishing/, /./],
  ])('%s', (sentence, denied, said) => {
    const rest = withoutDenied(sentence)
    expect(rest).toHaveLength(sentence.length)
    expect(rest).not.toMatch(denied)
    expect(rest).toMatch(said)
  })

  it.each([
    'The attackers were not detected when they moved laterally.',
    'The malware does not run in a sandbox, but encrypts files elsewhere.',
    'Not only did they steal mail, they also encrypted files.',
    'It was not until May that they began to exfiltrate data.',
    'The payload was executed without any user interaction.',
    'The beacon does not need administrator rights and dumps credentials.',
    'No alert was raised although data was exfiltrated.',
    'Before exfiltration, data was compressed.',
    'The actor may use PowerShell to download files.',
  ])('says it all the same: %s', sentence => {
    expect(withoutDenied(sentence)).toBe(sentence)
  })

  it('ends with long and hostile sentences soon', () => {
    for (const piece of ['no ', 'not-', 'a-', 'before ', 'unlike, ', 'was not ', 'a', '. ', 'no a '])
      for (const length of [1_000, 1_000_000])
        expect(withoutDenied(`not ${piece.repeat(length)}`.slice(0, length))).toHaveLength(length)
  })
})

describe('indicators that are named to be denied', () => {
  const roleOf = (text: string) => extractIndicators(text).indicators.map(({ value, role }) => [value, role])

  it.each([
    'We found no evidence of connections to evil-one[.]com.',
    'There was no communication with evil-one[.]com.',
    'The domain evil-one[.]com is unrelated to it, and evil-one[.]com is not malicious.',
    'The campaign is not related to evil-one[.]com.',
    'evil-one[.]com was a false positive.',
    'Es gab keine Verbindungen zu evil-one[.]com.',
    'Nous n’avons vu aucune connexion vers evil-one[.]com.',
    'No hay evidencia de evil-one[.]com.',
  ])('%s', text => {
    expect(roleOf(text)).toEqual([['evil-one.com', 'reference']])
  })

  it.each([
    'The malware did not get an answer of its C2 server evil-one[.]com.',
    'The C2 server evil-one[.]com was not detected by any vendor.',
    'The C2 server evil-one[.]com did not resolve when we looked.',
    'Unlike APT28, the group used the C2 server evil-one[.]com.',
    'There were no connections to evil-two[.]com, but the C2 server evil-one[.]com was used.',
    'No alert was raised. The C2 server is evil-one[.]com.',
  ])('are looked for all the same: %s', text => {
    expect(roleOf(text)).toContainEqual(['evil-one.com', 'command-and-control'])
  })

  it('one that is denied here and told there is looked for', () => {
    const text = 'At first we saw no traffic to evil-one[.]com.\n\nLater the C2 server was evil-one[.]com.'
    expect(roleOf(text)).toEqual([['evil-one.com', 'command-and-control']])
  })
})
