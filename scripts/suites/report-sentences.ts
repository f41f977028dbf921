/** Sentences as threat reports have them, with the indicators in them, refanged. */
export const reportSentences: readonly { readonly text: string; readonly expected: readonly string[] }[] = [
  {
    text: 'The beacon calls hxxps://cdn.update-check[.]example/api every minute.',
    expected: ['https://cdn.update-check.example/api'],
  },
  {
    text: 'Traffic went to 203.0.113[.]77 and 198.51.100[.]9 on port 8443.',
    expected: ['203.0.113.77', '198.51.100.9'],
  },
  {
    text: 'The dropper has the SHA-256 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945.',
    expected: ['4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945'],
  },
  { text: 'They exploited CVE-2026-11111 in the gateway.', expected: ['CVE-2026-11111'] },
  {
    text: 'Lures came from billing@invoice-desk[.]example with a PDF.',
    expected: ['billing@invoice-desk.example'],
  },
  {
    text: 'The loader (MD5 9e107d9d372bb6826bd81d3542a419d6) is unsigned.',
    expected: ['9e107d9d372bb6826bd81d3542a419d6'],
  },
  { text: 'Version 10.4.2.1 of the agent is not affected.', expected: [] },
  { text: 'The second stage came from 2001:db8::bad:cafe over HTTPS.', expected: ['2001:db8::bad:cafe'] },
  { text: 'Nothing was found that points at another victim.', expected: [] },
]
