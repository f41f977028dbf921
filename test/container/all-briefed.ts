import { type ApiPerson, until } from '../support/api-person.ts'

interface Cases {
  readonly cases: readonly { readonly id: string; readonly headline: string | null }[]
}

/** The cases of the sample, once each has its brief. */
export function allBriefed(person: ApiPerson): Promise<Cases['cases']> {
  return until('a brief of every case', async () => {
    const { cases } = (await person<Cases>('GET', '/api/cases?limit=200')).body
    return cases.length > 0 && cases.every(each => each.headline) ? cases : undefined
  })
}
