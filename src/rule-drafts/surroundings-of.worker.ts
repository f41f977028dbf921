import { answerParent } from '../lib/answer-parent.ts'
import { type SurroundingsQuestion, surroundingsOf } from './surroundings-of.ts'

answerParent(({ logs, base, nowSeconds }: SurroundingsQuestion) => surroundingsOf(logs, base, nowSeconds))
