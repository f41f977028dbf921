import { RequestError } from '../http-error.ts'

/** How many answers one person may have running: a tab that reloads in a loop is not worth a model's time. */
const mostPerPerson = 4

/** Counts the answers that are on their way, by person. */
export class RunningAnswers {
  readonly #counts = new Map<string, number>()

  /** Runs `work`; throws `too-many-requests` where the person has too many running. */
  async during<T>(person: string, work: () => Promise<T>): Promise<T> {
    const now = this.#counts.get(person) ?? 0
    if (now >= mostPerPerson)
      throw new RequestError('too-many-requests', `you have ${now} answers running: stop one of them`)
    this.#counts.set(person, now + 1)
    try {
      return await work()
    } finally {
      const left = (this.#counts.get(person) ?? 1) - 1
      if (left === 0) this.#counts.delete(person)
      else this.#counts.set(person, left)
    }
  }
}
