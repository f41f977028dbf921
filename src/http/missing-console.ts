import type { FastifyReply, FastifyRequest } from 'fastify'

const title = 'The console of Tocsin is not built here'
const sentences = [
  'Tocsin runs, and its API answers (/api/openapi.json describes it), but there are no pages to show.',
  'In a checkout, stop Tocsin and start it with: npm start. That builds the console, unless TOCSIN_BUILD_CONSOLE=off is set.',
  'By hand: npx vite build console, in the folder of the checkout. Then start Tocsin again.',
  'A package and the image bring the console built: install them anew where it is missing.',
]

/** In place of a page where no console was built: what is missing, and what to do, for a browser or for `curl`. */
export function sayConsoleIsMissing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.status(404)
  if (!(request.headers.accept ?? '').includes('text/html'))
    return reply.type('text/plain; charset=utf-8').send(`${[`${title}.`, ...sentences].join('\n')}\n`)
  const body = sentences.map(sentence => `<p>${sentence}</p>`).join('')
  return reply
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1>${body}</html>\n`,
    )
}
