// Ends the tests of `node --test` with a line as cargo's tests end with, so that all can be summed up.

export default async function* (events) {
  const count = { passed: 0, failed: 0, ignored: 0 };
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const is = data.skip !== undefined ? "ignored" : type === "test:pass" ? "passed" : "failed";
    count[is] += 1;
  }
  const how = count.failed === 0 ? "ok" : "FAILED";
  yield `\ntest result: ${how}. ${count.passed} passed; ${count.failed} failed; ${count.ignored} ignored\n`;
}
