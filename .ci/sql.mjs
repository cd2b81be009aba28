// Runs one statement on a PostgreSQL server: node .ci/sql.mjs <url> <statement>
import pg from 'pg';

const [url, statement] = process.argv.slice(2);
const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
try {
  await client.connect();
  await client.query(statement);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await client.end();
}
