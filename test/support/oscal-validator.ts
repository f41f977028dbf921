import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pythonTool } from './python-tool.ts'

// Reads each file with the models that the package generates from NIST's JSON schemas, and prints what they refuse.
const script = `
import json, pathlib, sys
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import Model
results = []
for name in sys.argv[1:]:
    try:
        Model.parse_obj(json.loads(pathlib.Path(name).read_text()))
        results.append('')
    except Exception as error:
        results.append(str(error) or repr(error))
print(json.dumps({'version': OSCAL_VERSION, 'results': results}))
`

/**
 * NIST's schema of assessment results, as PyPI's `compliance-trestle` has it in Python, or `undefined`, said out loud, where
 * it is not to be had. Returns the version of OSCAL, and what is wrong with each document: nothing is ''.
 */
export function oscalValidator():
  | ((documents: readonly unknown[]) => { readonly version: string; readonly results: readonly string[] })
  | undefined {
  const program = pythonTool(
    { name: 'compliance-trestle', version: '3.12.4', program: 'trestle' },
    'OSCAL is validated by our own reading of its reference only',
  )
  if (program === undefined) return undefined
  return documents => {
    const place = mkdtempSync(join(tmpdir(), 'tocsin-oscal-'))
    const files = documents.map((document, index) => {
      const file = join(place, `${index}.json`)
      writeFileSync(file, JSON.stringify(document))
      return file
    })
    // One run for all: it takes seconds to start.
    const done = spawnSync(join(dirname(program), 'python'), ['-c', script, ...files], { encoding: 'utf8' })
    rmSync(place, { recursive: true })
    if (done.status !== 0) throw new Error(done.stderr)
    return JSON.parse(done.stdout)
  }
}
