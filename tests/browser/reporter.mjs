// Ends with a line as cargo's tests end with, so that all can be summed up.

export default class Reporter {
  #count = { passed: 0, failed: 0, skipped: 0 };

  onTestEnd(_, { status }) {
    if (status === "passed" || status === "skipped") this.#count[status] += 1;
    else this.#count.failed += 1;
  }

  onEnd({ status }) {
    const { passed, failed, skipped } = this.#count;
    const how = status === "passed" ? "ok" : "FAILED";
    console.log(`\ntest result: ${how}. ${passed} passed; ${failed} failed; ${skipped} ignored`);
  }

  printsToStdio() {
    return false;
  }
}
