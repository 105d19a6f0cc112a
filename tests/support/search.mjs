// Asks an index of the site: `node search.mjs INDEX.js < queries.json > results.json`.
// Results: for each query the locations of its pages, best first.
import fs from "node:fs";
import vm from "node:vm";

const { Index } = await import(new URL("../../site/search/rank.js", import.meta.url));

let index;
vm.runInNewContext(fs.readFileSync(process.argv[2], "utf8"), {
  CourseSearch: { index: (data) => (index = new Index(data)) },
});
const queries = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(queries.map((query) => index.search(query).map(({ location }) => location))));
