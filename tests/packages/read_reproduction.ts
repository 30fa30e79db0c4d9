/** Reads a reproduction as a parser sees it: nothing may be in it but what it is to do, and literals. */
import { assert } from "@std/assert";
// deno-lint-ignore no-import-prefix -- a package of the tests alone
import { type Comment, parse } from "npm:acorn@8.15.0";

// deno-lint-ignore no-explicit-any -- a syntax tree: each node has fields of its own
type Node = any;

/** What a file may be made of. */
const NODES = new Set(
  ("Program ImportDeclaration ImportSpecifier ImportDefaultSpecifier VariableDeclaration VariableDeclarator " +
    "Identifier Literal ObjectExpression Property SpreadElement ArrayExpression BinaryExpression " +
    "LogicalExpression UnaryExpression CallExpression NewExpression MemberExpression ChainExpression " +
    "ArrowFunctionExpression FunctionExpression BlockStatement ExpressionStatement AwaitExpression MetaProperty " +
    "IfStatement ThrowStatement TemplateLiteral TemplateElement").split(" "),
);

/** What it may call. */
const CALLS = new Set(
  ("Deno.env.get Deno.test Deno.test.ignore JSON.stringify URLSearchParams ?.toString FormData BODY.append " +
    "File Uint8Array testApp import.meta.resolve reproduce Headers headers.set ?.replace fetch answer.body.cancel Error")
    .split(" "),
);

/** All but line feeds. */
// deno-lint-ignore no-control-regex -- these are what we look for
const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** What was read. */
export interface ReadReproduction {
  /** The values of the constants; a placeholder is the mark that it stands for. */
  constants: Readonly<Record<string, unknown>>;
  /** How the test is declared: `Deno.test`, `Deno.test.ignore`. */
  declared: string[];
}

/** @throws for what is no valid file, or does more than it may. */
export function readReproduction(text: string): ReadReproduction {
  assert(!UNSAFE.test(text));
  assert(text.isWellFormed());
  const comments: Comment[] = [];
  const tree: Node = parse(text, {
    ecmaVersion: "latest",
    sourceType: "module",
    onComment: comments,
  });
  for (const { type, value } of comments) {
    assert(type === "Line" && (value === "" || value.startsWith(" ")), value);
    assert(!/^ (?:@|deno-|#|<)/.test(value), value);
  }
  const constants: Record<string, unknown> = Object.create(null);
  const declared: string[] = [];
  walk(tree, (node) => {
    assert(NODES.has(node.type), node.type);
    if (node.type === "CallExpression" || node.type === "NewExpression") {
      const name = nameOf(node.callee);
      assert(CALLS.has(name), `calls ${name}`);
      if (name.startsWith("Deno.test")) declared.push(name);
    }
  });
  for (const statement of tree.body) {
    if (statement.type === "VariableDeclaration") {
      assert(statement.kind === "const");
      for (const { id, init } of statement.declarations) {
        assert(!(id.name in constants), id.name);
        constants[id.name] = valueOf(init, constants, id.name);
      }
    } else if (statement.type === "ExpressionStatement") {
      const { callee, arguments: given } = statement.expression;
      if (nameOf(callee) === "BODY.append") {
        (constants.BODY as unknown[]).push(given.map((node: Node) => valueOf(node, constants)));
      }
    }
  }
  return { constants, declared };
}

function walk(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of [value].flat() as Node[]) {
      if (typeof child?.type === "string") walk(child, look);
    }
  }
}

function nameOf(node: Node): string {
  if (node.type === "Identifier") return node.name;
  if (node.type === "MetaProperty") return "import.meta";
  if (node.type === "ChainExpression") return nameOf(node.expression);
  if (node.type !== "MemberExpression" || node.computed) return "?";
  const object = nameOf(node.object);
  return `${object.startsWith("?") ? "?" : object}.${node.property.name}`;
}

/** Of an expression without anything that runs. */
function valueOf(node: Node, constants: Readonly<Record<string, unknown>>, name = ""): unknown {
  const of = (inner: Node) => valueOf(inner, constants);
  switch (node.type) {
    case "Literal":
      return node.value;
    case "Identifier":
      assert(node.name in constants, node.name);
      return constants[node.name];
    case "BinaryExpression":
      assert(node.operator === "+");
      return `${of(node.left)}${of(node.right)}`;
    case "UnaryExpression":
      assert(node.operator === "-" && typeof node.argument.value === "number");
      return -node.argument.value;
    case "ArrayExpression":
      return node.elements.map(of);
    case "ObjectExpression":
      return Object.fromEntries(node.properties.map(({ key, value, computed, kind }: Node) => {
        assert(kind === "init");
        const plain = key.type === "Identifier" ? key.name : key.value;
        return [computed ? of(key) : plain, of(value)];
      }));
    case "LogicalExpression":
      // A placeholder: what the environment says, or a word.
      assert(node.operator === "??" && node.right.value === "redacted");
      assert(nameOf(node.left.callee) === "Deno.env.get" && node.left.arguments[0].value === name);
      assert(name.startsWith("REDACTED_"));
      return "[redacted]";
    case "NewExpression":
      return nameOf(node.callee) === "FormData"
        ? []
        : { [nameOf(node.callee)]: node.arguments.map(of) };
    case "CallExpression": {
      const called = nameOf(node.callee);
      if (called === "?.toString") return of(node.callee.object);
      return { [called]: node.arguments.map(of) };
    }
    default:
      throw new Error(`unexpected ${node.type}`);
  }
}
