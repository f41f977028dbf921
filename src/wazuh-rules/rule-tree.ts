import { type Problem, problem } from '../lib/problem.ts'
import { compileOsMatch, osMatchTest, osWordTest } from './os-match.ts'
import type { ReadRule } from './read-rule.ts'
import type { Rule, RuleNode } from './rule.ts'
import { placeText } from './xml.ts'

/** The rules of a ruleset: the roots (templates with ids below 10) and every rule by id. */
export interface RuleTree {
  readonly roots: readonly RuleNode[]
  readonly byId: ReadonlyMap<number, Rule>
  /** In the order of loading. */
  readonly rules: readonly Rule[]
}

/**
 * Builds the tree as rules are loaded. The order matters: a parent must be there before its child, and a rule that
 * counts a group counts the rules that were there when it was loaded, once for each place they have in the tree.
 */
export function ruleTreeBuilder(): { add(read: ReadRule): Problem | undefined; finish(): RuleTree } {
  const roots: RuleNode[] = []
  const byId = new Map<number, Rule>()
  const rules: Rule[] = []
  const nodesOf = new Map<Rule, RuleNode[]>()

  const insert = (siblings: RuleNode[], above: RuleNode | undefined, rule: Rule): void => {
    const node: RuleNode = { rule, children: [], siblings, above }
    const before = siblings.findIndex(other => rule.body.order > other.rule.body.order)
    if (before < 0) siblings.push(node)
    else siblings.splice(before, 0, node)
    const nodes = nodesOf.get(rule)
    if (nodes) nodes.push(node)
    else nodesOf.set(rule, [node])
  }

  /** Hangs the rule under every place of the parent, as the search by id reaches them. */
  const addBySid = (rule: Rule, sid: number): boolean => {
    const parent = byId.get(sid)
    const places = parent ? (nodesOf.get(parent) ?? []) : []
    const reached = places.length < 2 ? places : places.filter(place => isReached(place, places))
    for (const place of [...reached]) {
      inheritCategory(rule, place)
      insert(place.children, place, rule)
    }
    return reached.length > 0
  }

  /** Hangs the rule under every place of every rule that fits. */
  const addWhere = (rule: Rule, fits: (other: Rule) => boolean): boolean => {
    let added = false
    for (const other of rules) {
      if (!fits(other)) continue
      for (const node of nodesOf.get(other) ?? []) {
        insert(node.children, node, rule)
        added = true
      }
    }
    return added
  }

  const place = (rule: Rule, category: string): string | undefined => {
    const { ifSid, ifLevel, ifGroup } = rule.parents
    if (rule.id < 10) {
      insert(roots, undefined, rule)
      return undefined
    }
    if (ifSid !== undefined) {
      const sids = ifSid
        .split(/[ ,\n]+/)
        .filter(sid => sid !== '')
        .map(Number)
      const added = sids.filter(sid => addBySid(rule, sid))
      return added.length > 0 ? undefined : `none of its parents (${sids.join(', ')}) is loaded before it`
    }
    if (ifLevel !== undefined) {
      const order = Number(ifLevel) * 100
      if (order > 0 && addWhere(rule, other => other.body.order >= order)) return undefined
      return `no rule before it has level ${ifLevel}`
    }
    if (ifGroup !== undefined) {
      // The same group texts stand in many rules.
      const test = osWordTest(ifGroup)
      const known = new Map<string, boolean>()
      const fits = ({ body: { groupText } }: Rule): boolean => {
        const found = known.get(groupText) ?? test(groupText.toLowerCase())
        known.set(groupText, found)
        return found
      }
      if (addWhere(rule, fits)) return undefined
      return `no rule before it is in the group ${ifGroup}`
    }
    const root = roots.find(node => node.rule.body.category === category)
    if (!root) return `there is no template rule for the category ${category}`
    insert(root.children, root, rule)
    return undefined
  }

  const watch = (rule: Rule): void => {
    const { matchedSid, matchedGroup } = rule.parents
    if (matchedSid !== undefined) {
      rule.search = 'sid'
      rule.matchedRule = byId.get(matchedSid)
      if (rule.matchedRule) rule.matchedRule.countedById = true
    } else if (matchedGroup !== undefined) {
      rule.search = 'group'
      const test = osMatchTest(compileOsMatch(matchedGroup))
      for (const [other, nodes] of nodesOf) {
        if (!test(other.body.groupText.toLowerCase())) continue
        for (let i = 0; i < nodes.length; i++) other.countedByGroup.push(rule)
      }
    } else if (rule.body.correlation && !rule.body.checkDiff) rule.search = 'events'
  }

  return {
    add(read) {
      const existing = byId.get(read.id)
      if (existing && !read.overwrite)
        return complain(read, 'duplicate-id', `rule ${read.id} is there already: the first one counts`)
      if (existing) {
        existing.body = read.body
        return undefined
      }
      const rule: Rule = {
        id: read.id,
        index: rules.length,
        body: read.body,
        parents: withImpliedParents(read),
        search: 'none',
        matchedRule: undefined,
        countedById: false,
        countedByGroup: [],
      }
      const trouble = place(rule, read.body.category)
      if (trouble !== undefined) return complain(read, 'no-parent', `rule ${read.id}: ${trouble}`)
      byId.set(rule.id, rule)
      rules.push(rule)
      watch(rule)
      return undefined
    },
    finish: () => ({ roots, byId, rules }),
  }
}

/** A correlation rule without a parent hangs under what it counts. */
function withImpliedParents({ parents }: ReadRule): Rule['parents'] {
  const { ifSid, ifGroup, matchedSid, matchedGroup } = parents
  if (ifSid !== undefined || ifGroup !== undefined) return parents
  if (matchedGroup !== undefined) return { ...parents, ifGroup: matchedGroup }
  if (matchedSid !== undefined) return { ...parents, ifSid: String(matchedSid) }
  return parents
}

function inheritCategory(rule: Rule, parent: RuleNode): void {
  if (rule.body.category !== parent.rule.body.category)
    rule.body = { ...rule.body, category: parent.rule.body.category }
}

/**
 * Wazuh's search stops in a list of siblings at the first rule with the id, so a place whose ancestors (or itself)
 * come after another place of the same rule in the same list is not found.
 */
function isReached(place: RuleNode, places: readonly RuleNode[]): boolean {
  for (let node: RuleNode | undefined = place; node; node = node.above) {
    const position = node.siblings.indexOf(node)
    for (const other of places) {
      if (other === node || other.siblings !== node.siblings) continue
      if (node.siblings.indexOf(other) < position) return false
    }
  }
  return true
}

function complain(read: ReadRule, code: string, message: string): Problem {
  return problem(code, message, `${read.body.file}: ${placeText(read.body.place)}`)
}
