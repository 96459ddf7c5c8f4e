// Asks referees about many items at once. The argument is the folder with node_modules. Each line of stdin is a question
// in JSON, and each line of stdout is its answer:
//
//   {"requests": [...], "machines": [...], "expressions": [...]}
//
// A request is a simulation of @cloud-copilot/iam-simulate, and its answer is "Allowed", a kind of denial, or an error.
// A machine is a definition in Amazon States Language, and its answer is a list of problems.
// An expression is JSONata, and its answer is {"value": ...} or {"error": "..."}.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(join(process.argv[2], "package.json")));

async function requests(items) {
  if (!items.length) return [];
  const { runSimulation } = require("@cloud-copilot/iam-simulate");
  const answers = [];
  for (const item of items) {
    const found = await runSimulation(item, {});
    const ignored = found.result?.ignoredContextKeys ?? [];
    if (found.resultType === "error") answers.push(`error: ${JSON.stringify(found.errors)}`);
    else if (ignored.length) answers.push(`error: ${item.request.action} has no condition key ${ignored}`);
    else answers.push(found.overallResult);
  }
  return answers;
}

async function machines(items) {
  if (!items.length) return [];
  const { getLanguageService, TextDocument } = require("amazon-states-language-service");
  const service = getLanguageService({});
  const answers = [];
  for (const [position, text] of items.entries()) {
    const document = TextDocument.create(`file:///${position}.asl.json`, "json", 1, text);
    const found = await service.doValidation(document, service.parseJSONDocument(document), undefined, undefined);
    answers.push(found.map(({ message, range }) => `${message} (${document.getText(range).slice(0, 80)})`));
  }
  return answers;
}

async function expressions(items) {
  if (!items.length) return [];
  const jsonata = require("jsonata");
  const answers = [];
  for (const text of items) {
    try {
      answers.push({ value: (await jsonata(text).evaluate(undefined)) ?? null });
    } catch (error) {
      answers.push({ error: `${error.code}: ${error.message}` });
    }
  }
  return answers;
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const answer = {
    requests: await requests(question.requests ?? []),
    machines: await machines(question.machines ?? []),
    expressions: await expressions(question.expressions ?? []),
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
