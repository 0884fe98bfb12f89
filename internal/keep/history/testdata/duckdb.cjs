// Runs SQL with DuckDB: a JSON list of statements comes in, a list of their
// rows goes out. Numbers above 53 bits are text.
const { DuckDBInstance } = require("@duckdb/node-api");

async function main() {
  let text = "";
  for await (const part of process.stdin) text += part;
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const answers = [];
  for (const sql of JSON.parse(text)) {
    answers.push((await connection.runAndReadAll(sql)).getRowObjectsJson());
  }
  process.stdout.write(JSON.stringify(answers));
}

main().catch((err) => {
  process.stderr.write(String(err) + "\n");
  process.exitCode = 1;
});
