/** What the parent asks the YARA child process, and what it answers. One question at a time. */
export type ChildRequest =
  | { readonly kind: 'check'; readonly source: string; readonly options: CompileOptions }
  | { readonly kind: 'load'; readonly bundles: readonly Bundle[]; readonly options: CompileOptions }
  | {
      readonly kind: 'scan'
      readonly target: ScanTarget
      readonly limitBytes: number
      readonly variables: Variables
    }

export type ChildResponse =
  | {
      readonly kind: 'checked'
      readonly errors: readonly Diagnostic[]
      readonly warnings: readonly Diagnostic[]
    }
  | { readonly kind: 'loaded' }
  | {
      readonly kind: 'scanned'
      readonly sha256: string
      readonly sizeBytes: number
      readonly matches: readonly RawMatch[]
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** External variables. The binding reads numbers and booleans from text, and drops values of any other type. */
export type Variables = Readonly<Record<string, string>>

export interface CompileOptions {
  readonly variables: Variables
  /** Folders in which `include` may look; none switches `include` off. */
  readonly includeFolders: readonly string[]
}

/** Sources that compile together: no rule name stands twice in one bundle. */
export interface Bundle {
  readonly source: string
}

export type ScanTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** One message of the compiler, with its 1-based place in the source. */
export interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly line?: number
  readonly column?: number
}

export interface RawMatch {
  readonly bundle: number
  readonly rule: string
  readonly strings: readonly { readonly id: string; readonly offset: number; readonly length: number }[]
}
