import type { Expression } from './expression.ts'
import type { Place } from './xml.ts'

/** Where a decoder's search begins. `start` is the start of the log. */
export type Offset = 'start' | 'after_parent' | 'after_prematch' | 'after_regex'

export const pluginNames = [
  'PF_Decoder',
  'SymantecWS_Decoder',
  'SonicWall_Decoder',
  'OSSECAlert_Decoder',
  'JSON_Decoder',
] as const

export type PluginName = (typeof pluginNames)[number]

/** One `<decoder>`, compiled. */
export interface Decoder {
  readonly ownName: string
  /** What the event shows and what `decoded_as` compares: the parent's name unless `use_own_name`. */
  name: string
  readonly parent: string | undefined
  /** The category of rules that its events meet. */
  readonly type: string
  readonly programName: Expression | undefined
  readonly prematch: Expression | undefined
  readonly prematchAfterParent: boolean
  readonly regex: Expression | undefined
  readonly regexOffset: Offset
  /** Field names in the order of the captures, aliases resolved. */
  readonly order: readonly string[]
  readonly plugin: PluginName | undefined
  readonly pluginOffset: Offset
  /** Fields whose first sight `if_fts` reports; empty where `<fts>` is not set. */
  readonly firstTimeSeen: readonly string[]
  readonly firstTimeSeenComment: string | undefined
  readonly accumulate: boolean
  readonly useOwnName: boolean
  readonly nullFields: 'string' | 'discard'
  readonly arrays: 'array' | 'csv'
  /** A sibling of the same name follows, with a further regex for the same event. Set when it is added. */
  hasNext: boolean
  readonly file: string
  readonly place: Place
}

/** What a decoder is where its element says nothing. */
export const decoderDefaults = {
  parent: undefined,
  programName: undefined,
  prematch: undefined,
  regex: undefined,
  regexOffset: 'start',
  plugin: undefined,
  pluginOffset: 'start',
  firstTimeSeen: [],
  firstTimeSeenComment: undefined,
  accumulate: false,
  useOwnName: false,
  nullFields: 'string',
  arrays: 'array',
} as const

export interface DecoderNode {
  readonly decoder: Decoder
  readonly children: DecoderNode[]
}

/** Two levels: roots that need a program name and roots that must not have one, each with its children. */
export interface DecoderTree {
  readonly withProgramName: DecoderNode[]
  readonly withoutProgramName: DecoderNode[]
}

/** Decoders that analysisd itself feeds; rules may name them although no file defines them. */
export const internalDecoders: readonly string[] = [
  'rootcheck',
  'syscheck_integrity_changed',
  'syscheck_new_entry',
  'syscheck_deleted',
  'syscheck_registry_key_modified',
  'syscheck_registry_key_added',
  'syscheck_registry_key_deleted',
  'syscheck_registry_value_modified',
  'syscheck_registry_value_added',
  'syscheck_registry_value_deleted',
  'hostinfo_new',
  'hostinfo_modified',
  'syscollector',
  'ciscat',
  'windows_eventchannel',
  'sca',
]
