import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { sentencesOf } from '../../src/intel/sentences.ts'
import { noTechnique } from '../../src/intel/technique-model.ts'
import { currentTechnique } from '../../src/knowledge/attack-techniques.ts'

/** A sentence with the technique it describes. */
export interface Example {
  readonly text: string
  readonly label: string
  /** The document it is from; empty for the knowledge base, which belongs to no document. */
  readonly document: string
  /** How much it counts; 1 for an annotated sentence of a report. */
  readonly weight: number
  readonly source: 'tram' | 'mark' | 'annoctr' | 'attack' | 'nothing'
}

/** A report with the techniques that people found in it. */
export interface AnnotatedReport {
  readonly document: string
  readonly source: 'tram' | 'annoctr'
  readonly text: string
  readonly techniques: readonly string[]
}

export interface TrainingData {
  readonly examples: readonly Example[]
  readonly reports: readonly AnnotatedReport[]
}

/** TRAM's sentence list names 49 techniques, the marks in its documents 74, finer ones, in the same sentences: both count. */
const sentenceWeight = 0.7
const markWeight = 1
const knowledgeWeight = 0.3
const nothingWeight = 0.5

/** Reads what there is below a folder of measuring data: cti/tram, cti/annoctr, attack/enterprise. */
export function readTrainingData(folder: string): TrainingData {
  const tram = lines<TramDocument>(join(folder, 'cti/tram/documents.jsonl'))
  const mentions = lines<Mention>(join(folder, 'cti/annoctr/linking-mitre-only/dev.jsonl.gz')).flatMap(
    mention => {
      const label = techniqueOfLink(mention.label_link)
      return label === undefined ? [] : [{ ...mention, label }]
    },
  )
  const annotated: AnnotatedReport[] = [
    ...tram.map(({ title, text, techniques }) => ({
      document: documentKey(title),
      source: 'tram' as const,
      text,
      techniques: distinct(techniques.map(({ id }) => currentTechnique(id)?.id)),
    })),
    ...[...Map.groupBy(mentions, ({ document }) => document)].map(([document, found]) => ({
      document: documentKey(document),
      source: 'annoctr' as const,
      text: readFileSync(join(folder, `cti/annoctr/text/dev/${document}.txt`), 'utf8'),
      techniques: distinct(found.map(({ label }) => label)),
    })),
  ]
  const examples = [
    ...lines<TramSentence>(join(folder, 'cti/tram/sentences.jsonl')).flatMap(({ text, label, doc_title }) =>
      example(text, currentTechnique(label)?.id, documentKey(doc_title), sentenceWeight, 'tram'),
    ),
    ...mentions.flatMap(({ mention, label, document }) =>
      example(mention, label, documentKey(document), 1, 'annoctr'),
    ),
    ...tram.flatMap(({ title, text, techniques }) => {
      const points = [...text]
      return techniques.flatMap(({ id, start, end }) =>
        example(
          points.slice(start, end).join(''),
          currentTechnique(id)?.id,
          documentKey(title),
          markWeight,
          'mark',
        ),
      )
    }),
    ...knowledge(folder),
    ...tram.flatMap(document => sentencesWithout(document)),
  ]
  return { examples, reports: annotated.filter(({ techniques }) => techniques.length > 0) }
}

interface TramDocument {
  readonly title: string
  readonly text: string
  readonly techniques: readonly { readonly id: string; readonly start: number; readonly end: number }[]
}

interface TramSentence {
  readonly text: string
  readonly label: string
  readonly doc_title: string
}

interface Mention {
  readonly mention: string
  readonly label_link: string
  readonly document: string
}

interface CatalogueEntry {
  readonly idx: string
  readonly entity_type: string
  readonly entity_context: readonly string[]
}

interface AttackObject {
  readonly id: string
  readonly name: string
  readonly description: string
}

/** How ATT&CK itself describes a technique, and the procedure examples under it. */
function knowledge(folder: string): Example[] {
  const objects = lines<AttackObject>(join(folder, 'attack/enterprise/attack-pattern.jsonl'))
  const catalogue = lines<CatalogueEntry>(join(folder, 'cti/annoctr/mitre-entity.jsonl.gz'))
  return [
    ...objects.flatMap(({ id, name, description }) =>
      [name, ...plain(description).split(/(?<=\.)\s+/)]
        .filter(text => text === name || text.length > 20)
        .flatMap(text => example(text, id, '', knowledgeWeight, 'attack')),
    ),
    ...catalogue
      .filter(({ entity_type }) => entity_type === 'techniques')
      .flatMap(({ idx, entity_context }) =>
        entity_context.flatMap(text =>
          example(plain(text), techniqueOfLink(idx), '', knowledgeWeight, 'attack'),
        ),
      ),
  ]
}

/** Every third sentence of a report that nobody marked: what reports say that is no technique. */
function sentencesWithout({ title, text, techniques }: TramDocument): Example[] {
  return sentencesOf(text)
    .filter(
      ({ text, start, end }) =>
        text.length > 25 && !techniques.some(mark => mark.start < end && mark.end > start),
    )
    .filter((_, index) => index % 3 === 0)
    .flatMap(({ text }) => example(text, noTechnique, documentKey(title), nothingWeight, 'nothing'))
}

function example(
  text: string,
  label: string | undefined,
  document: string,
  weight: number,
  source: Example['source'],
): Example[] {
  return label === undefined ? [] : [{ text, label, document, weight, source }]
}

/** Titles are spelled differently in different files of one data set. */
function documentKey(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

function techniqueOfLink(link: string): string | undefined {
  const match = /techniques\/(T\d{4})(?:\/(\d{3}))?/.exec(link)
  return match === null
    ? undefined
    : currentTechnique(match[2] === undefined ? `${match[1]}` : `${match[1]}.${match[2]}`)?.id
}

/** Without citation marks, links and code tags. */
function plain(text: string): string {
  return text.replaceAll(/\(Citation:[^)]*\)|<\/?code>/g, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
}

function distinct(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.filter(id => id !== undefined))]
}

/** JSON lines of a data set whose shape is documented beside it; none where the file is not there. */
function lines<T>(file: string): T[] {
  if (!existsSync(file)) return []
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T)
}
