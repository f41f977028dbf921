import type { Decoder } from './decoder.ts'
import type { Rule } from './rule.ts'

/** The fixed fields that decoders can fill, in Wazuh's names. */
export const staticFieldNames = [
  'srcip',
  'id',
  'dstip',
  'srcport',
  'dstport',
  'srcuser',
  'dstuser',
  'protocol',
  'action',
  'url',
  'data',
  'extra_data',
  'status',
  'system_name',
  'srcgeoip',
  'dstgeoip',
] as const

export type StaticField = (typeof staticFieldNames)[number]

/** Those that a decoder's `order` can name; GeoIP fields come from a database. */
export const orderableFields: ReadonlySet<string> = new Set(
  staticFieldNames.filter(name => !name.endsWith('geoip')),
)

/** What the pre-decoder finds before any decoder runs. Byte texts. */
export interface PreDecoded {
  readonly fullLog: string
  /** The part that decoders and rules see. */
  readonly log: string
  readonly timestamp: string | undefined
  readonly hostname: string | undefined
  readonly programName: string | undefined
}

/** One event on its way through decoders and rules. Mutable: each stage adds what it finds. */
export class WazuhEvent {
  fullLog: string
  log: string
  logLower: string
  readonly timestamp: string | undefined
  hostname: string
  readonly programName: string | undefined
  readonly programNameLower: string
  readonly agentId: string
  location: string
  readonly locationLower: string
  /** When it arrived, in seconds since the epoch. Correlation counts in these. */
  readonly arrivedAt: number
  decoder: Decoder | undefined
  /** The decoder's type; plugins may change it for this event. */
  category = 'syslog'
  /** Where child decoders and plugins go on reading; undefined where the stage was not reached. */
  afterParent: number | undefined
  afterPrematch: number | undefined
  readonly fields: Partial<Record<StaticField, string>> = {}
  readonly dynamicNames: string[] = []
  readonly dynamicValues: string[] = []
  #index: Map<string, string> | undefined
  #lowered: Map<string, string> | undefined

  rule: Rule | undefined
  firedTimes: number | undefined
  /** Level of the correlation rule that has used this event up. */
  consumedLevel = 0
  /** Earlier events that led to a correlation rule (at most 11 are kept). */
  previous: string[] = []
  /** The last output that `check_diff` compared with. */
  previousLog: string | undefined

  constructor(
    input: PreDecoded,
    origin: {
      readonly agentId: string
      readonly location: string
      readonly locationLower: string
      readonly hostname: string
      readonly arrivedAt: number
    },
  ) {
    this.fullLog = input.fullLog
    this.log = input.log
    this.logLower = input.log.toLowerCase()
    this.timestamp = input.timestamp
    this.programName = input.programName
    this.programNameLower = input.programName?.toLowerCase() ?? ''
    this.hostname = origin.hostname
    this.agentId = origin.agentId
    this.location = origin.location
    this.locationLower = origin.locationLower
    this.arrivedAt = origin.arrivedAt
  }

  addDynamic(name: string, value: string): boolean {
    if (this.dynamicNames.length >= maxDynamicFields) return false
    this.dynamicNames.push(name)
    this.dynamicValues.push(value)
    this.#index = undefined
    return true
  }

  /** The first dynamic field of that name; case does not count. `lowerName` is in lower case. */
  dynamic(lowerName: string): string | undefined {
    if (this.dynamicNames.length === 0) return undefined
    if (!this.#index) {
      this.#index = new Map()
      for (let i = this.dynamicNames.length - 1; i >= 0; i--)
        this.#index.set((this.dynamicNames[i] ?? '').toLowerCase(), this.dynamicValues[i] ?? '')
    }
    return this.#index.get(lowerName)
  }

  /** Lower-cased text, remembered for the life of the event: many rules test the same field. */
  lower(text: string): string {
    if (text === this.log) return this.logLower
    if (text === this.location) return this.locationLower
    if (text === this.programName) return this.programNameLower
    this.#lowered ??= new Map()
    let lower = this.#lowered.get(text)
    if (lower === undefined) {
      lower = text.toLowerCase()
      this.#lowered.set(text, lower)
    }
    return lower
  }
}

/** `analysisd.decoder_order_size`, default. */
const maxDynamicFields = 256
