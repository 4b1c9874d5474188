/**
 * Lint of the project's own sources: typescript-eslint's strict sets, with types. Programs that tests analyze and the game that is
 * broken on purpose are not linted. Layout is left to the author; what files are named and what they import is tidy's business.
 */
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["**/dist/**", "**/node_modules/**", "coverage/**", "fixtures/*/**", "examples/asteroids-buggy/src/**", "packages/*/test/**/{breadth,programs,projects,corpus,inputs,fixtures,schemas}/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.{ts,mts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ["./tsconfig.json", "./examples/*/tsconfig.json"], tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A number in a template reads as what it is.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      // A type parameter that names what comes back is how a reader of JSON says what it holds.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // An empty `new Map()` handed to a typed parameter is a map of `any` to this rule. `any` itself is not written.
      "@typescript-eslint/no-unsafe-argument": "off",
      // Records of functions are declared with method syntax and know no `this`.
      "@typescript-eslint/unbound-method": "off",
      // Presets of the configuration are spread on purpose; strings are spread by code point.
      "@typescript-eslint/no-misused-spread": "off",
      // `void x` says that a value is used for its effect on types or the optimizer alone.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "@typescript-eslint/unified-signatures": "off",
      // A function that keeps the form of an asynchronous one may have nothing to wait for.
      "@typescript-eslint/require-await": "off",
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "a union of literals is erased; an enum is not" }],
      // Trees come from several parsers, whose nodes have less than the types of one of them say.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // There are no enums of ours; those of the parser are strings.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // A cast from a class to one below it is written where the code knows what the compiler cannot.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "prefer-const": "error",
      "no-var": "error",
    },
  },
  {
    // Tests read reports and matchers whose types nobody declares, and may run the code that they make.
    files: ["**/test/**/*.ts", "**/*.test.ts"],
    rules: Object.fromEntries(["no-extraneous-class", "no-unsafe-assignment", "no-unsafe-member-access", "no-unsafe-call", "no-unsafe-return", "no-implied-eval"].map((rule) => [`@typescript-eslint/${rule}`, "off"])),
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    rules: { eqeqeq: "error", "prefer-const": "error", "no-var": "error", "no-unused-vars": "error" },
  },
);
