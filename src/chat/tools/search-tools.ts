import { z } from 'zod'
import type { Json } from '../../lib/canonical-json.ts'
import { isRecord } from '../../lib/is-record.ts'
import type { Indexer } from '../../wazuh/indexer.ts'
import { parseQuery, runQuery } from '../search/indexer-query.ts'
import { countEvidence, plural, rowEvidence, type Tool, type ToolRow, tool } from './tool.ts'

/** Any search of the Wazuh indexer that the allow-list takes. */
export function searchTools(indexer: Indexer): Tool[] {
  return [
    tool({
      name: 'search_indexer',
      title: 'Search the Wazuh indexer',
      description:
        'OpenSearch query DSL over wazuh-alerts-*, wazuh-findings-*, wazuh-states-* and the like, as {"index", "body"}: no scripts, no regular expressions, 100 rows at most.',
      role: 'viewer',
      input: z.object({ query: z.string().min(2).max(20_000) }),
      async run({ query: text }, { signal }) {
        const query = parseQuery(text)
        const result = await runQuery(query, indexer, signal)
        const buckets = bucketRows(result.aggregations)
        const rows = [...buckets, ...result.hits.map(hitRow)]
        const facts = { documents: result.total, ...Object.fromEntries(buckets.map(factOf)) }
        return {
          summary: `${result.atLeast ? 'At least ' : ''}${plural(result.total, 'document')} in ${query.index}.`,
          rows,
          total: result.total,
          evidence: [
            countEvidence(query.index, 'What the indexer counted', facts),
            ...result.hits.map(hit =>
              rowEvidence(hitRow(hit), {
                source: `${hit.index}/${hit.id}`,
                trust: 'attacker-controlled',
                label: 'Document',
              }),
            ),
          ],
        }
      },
    }),
  ]
}

function hitRow({ id, source }: { readonly id: string; readonly source: Json }): ToolRow {
  return { id, document: source }
}

/** Aggregations as rows: `{by: 'by_agent_name', value: 'web-01', documents: 12}`. */
function bucketRows(aggregations: Json): ToolRow[] {
  if (!isRecord(aggregations)) return []
  return Object.entries(aggregations).flatMap(([name, node]): ToolRow[] => {
    if (!isRecord(node)) return []
    const { buckets, value } = node
    if (value !== undefined) return [{ by: name, value: null, documents: value }]
    if (!Array.isArray(buckets)) return []
    return buckets.flatMap((bucket: Json): ToolRow[] => {
      if (!isRecord(bucket)) return []
      return [
        { by: name, value: bucket.key_as_string ?? bucket.key ?? null, documents: bucket.doc_count ?? 0 },
      ]
    })
  })
}

function factOf(row: ToolRow): [string, number] {
  return [String(row.value ?? row.by), Number(row.documents)]
}
