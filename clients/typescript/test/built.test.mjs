// What pages of the station embed is what was built last.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

test("the compiled client is not stale", async () => {
  const read = (path) => readFile(new URL(path, import.meta.url), "utf8");
  const embedded = await read("../../../src/page/assets/posd.js");
  const isFresh = embedded === (await read("../dist/posd.js"));
  assert.ok(isFresh, "src/page/assets/posd.js is stale: npm run build, and commit it");
});
