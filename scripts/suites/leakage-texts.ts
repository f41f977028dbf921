/** Text with what must never reach a model, and nothing else that would give it away. All of it is invented. */
export const leakageTexts: readonly { readonly text: string; readonly secrets: readonly string[] }[] = [
  {
    text: 'Login failed for ann.berger@corp.example from 10.20.2.31',
    secrets: ['ann.berger@corp.example', '10.20.2.31'],
  },
  { text: 'export AWS_ACCESS_KEY_ID=AKIA3XQ7ZP5RT2WYBN4K', secrets: ['AKIA3XQ7ZP5RT2WYBN4K'] },
  { text: 'mysql -u root -pHunter2Hunter2 -h db', secrets: ['Hunter2Hunter2'] },
  {
    text: 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl',
    secrets: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl'],
  },
  { text: 'curl https://user:s3cr3tPass99@git.corp.example/repo', secrets: ['s3cr3tPass99'] },
  { text: 'card 4111 1111 1111 1111 was declined', secrets: ['4111 1111 1111 1111'] },
  { text: 'IBAN DE89370400440532013000 in the form', secrets: ['DE89370400440532013000'] },
  { text: 'net use \\\\10.20.0.20\\share /user:CORP\\ann Winter2026!x', secrets: ['10.20.0.20'] },
  { text: 'password=CorrectHorse!Battery7 accepted', secrets: ['CorrectHorse!Battery7'] },
  { text: 'src 192.168.40.17 mac 00:1a:2b:3c:4d:5e', secrets: ['192.168.40.17', '00:1a:2b:3c:4d:5e'] },
]
