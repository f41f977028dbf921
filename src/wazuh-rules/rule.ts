import type { ListLookup } from './cdb-list.ts'
import type { StaticField, WazuhEvent } from './event.ts'
import type { Expression } from './expression.ts'
import type { Place } from './xml.ts'

/** Everything in a rule that `overwrite="yes"` replaces. */
export interface RuleBody {
  /** 0 to 16. */
  readonly level: number
  /** Siblings are tried by falling order: level, with 0 before all and `accuracy="0"` after all. */
  readonly order: number
  readonly groupText: string
  readonly description: string
  readonly category: string
  readonly decodedAs: string | undefined
  /** Tests without memory, in any order. */
  readonly tests: readonly RuleTest[]
  /** Tests that remember (`check_diff`, `if_fts`), then lists; they run last and in order. */
  readonly checkDiff: boolean
  readonly firstTimeSeen: boolean
  readonly lists: readonly ListLookup[]
  readonly correlation: Correlation | undefined
  /** What an alert of a correlation rule shows as its frequency. */
  readonly frequency: number
  /** Seconds for which the rule stays silent after it fired. */
  readonly ignoreSeconds: number
  readonly noAlert: boolean
  readonly noCounter: boolean
  readonly noFullLog: boolean
  readonly mitre: readonly string[]
  readonly file: string
  readonly place: Place
}

/** One condition, with what the linter and the prefilter need to know of it. */
export interface RuleTest {
  readonly field: string
  readonly expression: Expression | undefined
  readonly negated: boolean
  /** The expression again, where its subject is the log. */
  readonly onLog?: Expression
  /** Whether the event has what is tested; without it the rule fails, negated or not. Absent where it always has. */
  readonly present?: (event: WazuhEvent) => boolean
  passes(event: WazuhEvent): boolean
}

/** How many earlier events of what kind a rule needs. */
export interface Correlation {
  /** The attribute less two: so many earlier events are passed over before the next one counts. */
  readonly skip: number
  readonly timeframeSeconds: number
  readonly acrossAgents: boolean
  readonly same: readonly ComparedField[]
  readonly different: readonly ComparedField[]
  /** Dynamic fields, in lower case. */
  readonly sameDynamic: readonly string[]
  readonly differentDynamic: readonly string[]
  readonly matchedRegex: Expression | undefined
}

export type ComparedField = StaticField | 'location'

/** What a rule reads from earlier events, fixed when it is first loaded. */
export type Search = 'none' | 'sid' | 'group' | 'events'

/** A rule as loaded. Overwriting exchanges `body`, nothing else. */
export interface Rule {
  readonly id: number
  /** Position in the order of loading: sessions keep their state by it. */
  readonly index: number
  body: RuleBody
  readonly parents: RuleParents
  search: Search
  /** The rule whose events `if_matched_sid` counts; undefined where it is not loaded. */
  matchedRule: Rule | undefined
  /** Whether another rule counts this one by id. Its events are then not counted by group. */
  countedById: boolean
  /** Rules that count this one by group; one entry for each place this rule has in the tree. */
  readonly countedByGroup: Rule[]
}

/** Under which rules a rule hangs. At most the first that is set counts: sid, level, group. */
export interface RuleParents {
  readonly ifSid: string | undefined
  readonly ifLevel: string | undefined
  readonly ifGroup: string | undefined
  readonly matchedSid: number | undefined
  readonly matchedGroup: string | undefined
}

export interface RuleNode {
  readonly rule: Rule
  readonly children: RuleNode[]
  /** The list that this node is in, and the node whose children they are. */
  readonly siblings: RuleNode[]
  readonly above: RuleNode | undefined
}
