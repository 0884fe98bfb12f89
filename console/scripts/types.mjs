// Makes src/api/schema.d.ts of the hub's OpenAPI document, or checks that it is
// what the document gives: npm run types, npm test.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const document = new URL('../../internal/serve/api/testdata/openapi.json', import.meta.url)
const target = fileURLToPath(new URL('../src/api/schema.d.ts', import.meta.url))

if (!existsSync(document)) {
  console.error(`${fileURLToPath(document)} is missing: go test ./internal/serve/api -update writes it`)
  process.exit(1)
}
const ast = await openapiTS(document, { alphabetize: true, defaultNonNullable: false })
const text = `// Generated from internal/serve/api/testdata/openapi.json by npm run types. Do not edit.\n\n${astToString(ast)}`
if (process.argv.includes('--write')) writeFileSync(target, text)
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('src/api/schema.d.ts is not what the OpenAPI document gives: run npm run types')
  process.exit(1)
}
