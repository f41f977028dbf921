import { assertNever } from '../../lib/app-error.ts'
import { caseEndpoints } from '../contract-cases.ts'
import { caseMarkdown } from '../export/case-markdown.ts'
import { casePdf } from '../export/case-pdf.ts'
import { type Route, streamRoute } from '../route.ts'
import { type CaseRouteParts, detailOf } from './case-routes.ts'

/** The case as a file. */
export function exportRoutes(parts: CaseRouteParts): Route[] {
  return [
    streamRoute(caseEndpoints.exportCase, async ({ params, query, reply }) => {
      const detail = await detailOf(parts, params.id)
      const send = (type: string, extension: string, body: string | Buffer) => {
        const name = `${detail.case.id.replace(/[^\w-]/g, '')}.${extension}`
        reply.header('content-type', type).header('content-disposition', `attachment; filename="${name}"`)
        reply.send(body)
      }
      switch (query.format) {
        case 'json':
          return send('application/json; charset=utf-8', 'json', JSON.stringify(detail, null, 2))
        case 'markdown':
          return send('text/markdown; charset=utf-8', 'md', caseMarkdown(detail))
        case 'pdf':
          return send('application/pdf', 'pdf', await casePdf(detail))
        default:
          return assertNever(query.format)
      }
    }),
  ]
}
