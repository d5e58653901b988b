// What the tests start from: a store, and pages that talk to it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";

import { test as base } from "@playwright/test";

import { Stage } from "./stage.mjs";

export { expect } from "@playwright/test";

const CLIENT = new URL("../../src/page/assets/posd.js", import.meta.url);

export const test = base.extend({
  /** More of the store, for a test that needs it: see `Stage.open`. */
  storeOptions: [{}, { option: true }],

  /** A store of its own for each test. */
  store: async ({ storeOptions }, use, info) => {
    const store = await Stage.open(storeOptions);
    await use(store);
    if (info.status !== info.expectedStatus) {
      await info.attach("posd.log", { body: await store.log(), contentType: "text/plain" });
    }
    await store.close();
  },

  /** A POS app that is a web page, of an origin of its own; it has the client and nothing else. */
  app: async ({}, use) => {
    const server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url, "http://localhost");
      if (pathname === "/posd.js") {
        response.setHeader("content-type", "text/javascript");
        return response.end(await readFile(CLIENT));
      }
      response.setHeader("content-type", "text/html; charset=utf-8");
      const frame = searchParams.get("frame");
      response.end(frame === null ? PAGE : `<!doctype html><iframe src="${frame}"></iframe>`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    await use({ port, origin: `http://localhost:${port}` });
    server.closeAllConnections();
    server.close();
  },
});

/** Says how it stands, as any page of a POS app might. */
const PAGE = `<!doctype html>
<html lang="en"><title>POS</title>
<p role="status" aria-label="station"></p>
<script type="module">
  import { Station } from "/posd.js";
  const url = new URL(location).searchParams.get("station");
  const station = new Station({ url });
  station.onState((state) => { document.querySelector("p").textContent = state; });
  const events = [];
  station.onEvent((event) => events.push(event));
  Object.assign(window, { station, events });
</script>`;
