import { emptyInventory, type Inventory } from '../../../src/domain/inventory.ts'
import { seededRandom } from '../../../src/lib/seeded-random.ts'
import { type EgressFinding, scanRequest } from '../../../src/redact/egress-scan.ts'
import { redact, redactionRules } from '../../../src/redact/redact.ts'
import { reveal } from '../../../src/redact/reveal.ts'
import { Vault } from '../../../src/redact/vault.ts'
import { encodings } from './encodings.ts'
import { type IdentifierClass, identifierClasses } from './identifiers.ts'

/** What must still be readable after redaction: the analysis is about it. */
const publicIndicators = [
  '45.155.205.233',
  '2a06:98c0:3600::103',
  'evil-updates.ru',
  'http://203.0.113.77:8080/gate.php?id=7',
  'd41d8cd98f00b204e9800998ecf8427e',
  '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
  'CVE-2021-44228',
  'T1059.001',
  'powershell.exe',
  'rule 5710 (level 5)',
  '2026-11-24T22:59:01.123Z',
  'sshd[24200]',
]

/** One planted value in one encoding, in a log line between indicators that are public. */
export interface Plant {
  readonly className: string
  readonly encoding: string
  readonly value: string
  /** The value as it stands in the text. */
  readonly written: string
  readonly indicator: string
  readonly text: string
}

export interface Trial {
  readonly plant: Plant
  readonly inventory: Inventory
  /** The exact bytes that would leave. */
  readonly body: Buffer
  readonly roundTripExact: boolean
  readonly egress: readonly EgressFinding[]
}

/** Plants that cover every class and encoding in turn, then again with other values, without end. */
export function* plants(seed: number): Generator<Plant & { readonly identifierClass: IdentifierClass }> {
  const chance = seededRandom(seed)
  for (;;) {
    for (const identifierClass of identifierClasses) {
      for (const encoding of encodings) {
        if (identifierClass.except?.includes(encoding.name)) continue
        const value = identifierClass.make(chance)
        const written = encoding.encode(value)
        const indicator = publicIndicators[Math.floor(chance() * publicIndicators.length)] ?? ''
        const text = `Nov 24 22:59:01 alert: connection ${indicator} -> "${written}" status=failed, see ${indicator}.`
        yield {
          identifierClass,
          className: identifierClass.name,
          encoding: encoding.name,
          value,
          written,
          indicator,
          text,
        }
      }
    }
  }
}

/** Redacts a plant and builds the request that would be sent. */
export function runTrial(plant: Plant & { readonly identifierClass: IdentifierClass }): Trial {
  const { list } = plant.identifierClass
  const inventory = list === undefined ? emptyInventory : { ...emptyInventory, [list]: [plant.value] }
  const vault = new Vault('tenant', 'case')
  const redaction = redact(plant.text, vault, redactionRules(inventory))
  const body = Buffer.from(
    JSON.stringify({ model: 'm', messages: [{ role: 'user', content: redaction.text }] }),
  )
  return {
    plant,
    inventory,
    body,
    roundTripExact: reveal(redaction.text, vault) === plant.text,
    egress: scanRequest(body, {
      inventory,
      vaultValues: vault.values(),
      placeholders: vault.placeholders(),
      constants: [],
    }),
  }
}

/** What went wrong, if anything, judged from the bytes that a server received and by nothing of redaction's own. */
export function faultOf(trial: Trial, received: Buffer): string | undefined {
  const { plant } = trial
  const content: unknown = JSON.parse(received.toString('utf8')).messages[0].content
  const text = String(content)
  const where = `${plant.className}, ${plant.encoding}: ${JSON.stringify(text)}`
  if (!trial.roundTripExact) return `does not reveal to itself: ${where}`
  if (text.includes(plant.written)) return `left as it was: ${where}`
  if (text.toLowerCase().includes(plant.value.toLowerCase())) return `left in clear: ${where}`
  if (text.split(plant.indicator).length !== 3) return `lost ${plant.indicator}: ${where}`
  if (trial.egress.length > 0) return `was stopped by the egress scan (${trial.egress[0]?.form}): ${where}`
  return undefined
}
