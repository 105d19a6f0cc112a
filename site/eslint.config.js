// ESLint's recommended rules, over what runs in a page, in a worker of one, and in Node.

import js from "@eslint/js";
import globals from "globals";

// what esbuild writes in (attention_views/live.py), and Material's stream of pages shown
const given = { __MODEL__: "readonly", document$: "readonly" };

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  { files: ["**/*.js"], languageOptions: { globals: { ...globals.browser, ...given } } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
];
