/** Keeps an app's key and its intents in a file, for apps that run in Node. */

import { open, readFile, rename } from "node:fs/promises";

import type { Keep } from "./posd.js";

/** One file, of one process. It is replaced as a whole, and on the disk before a request is sent. */
export class FileKeep implements Keep {
  readonly #path: string;
  readonly #values: Promise<Map<string, unknown>>;
  /** The last change: they are written one after the other. */
  #written: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.#values = read(path);
    this.#values.catch(() => {});
  }

  async get(name: string): Promise<unknown> {
    return (await this.#values).get(name);
  }

  async put(name: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    await this.#change((values) => values.set(name, JSON.parse(text)));
  }

  async delete(name: string): Promise<void> {
    await this.#change((values) => values.delete(name));
  }

  async all(prefix: string): Promise<unknown[]> {
    const found = [...(await this.#values)].filter(([name]) => name.startsWith(prefix));
    return found.map(([, value]) => structuredClone(value));
  }

  #change(change: (values: Map<string, unknown>) => void): Promise<void> {
    const before = this.#written.catch(() => {});
    this.#written = before.then(async () => {
      const values = await this.#values;
      change(values);
      const beside = `${this.#path}.new`;
      const file = await open(beside, "w", 0o600);
      try {
        await file.writeFile(JSON.stringify(Object.fromEntries(values)));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, this.#path);
    });
    return this.#written;
  }
}

async function read(path: string): Promise<Map<string, unknown>> {
  try {
    return new Map(Object.entries(JSON.parse(await readFile(path, "utf8"))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
}
