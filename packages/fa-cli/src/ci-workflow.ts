/** What a continuous-integration system needs to run `fa`: a file of its own, or one to be included where the system's file is there already. */
import type { CiSystem } from "./parse-args.ts";

export interface CiFile {
  /** Relative to the repository's folder. */
  readonly path: string;
  readonly text: string;
  /** What is left to do by hand, for a file beside one that is there already; null for none. */
  readonly include: string | null;
}

export interface CiOptions {
  /** The project's folder in the repository; empty for the same. */
  readonly folder: string;
  readonly packageManager: PackageManager;
  /** Whether the system's own file is there already. */
  readonly isTaken: boolean;
}

export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

const INSTALL: Readonly<Record<PackageManager, string>> = { npm: "npm ci", pnpm: "corepack enable && pnpm install --frozen-lockfile", yarn: "corepack enable && yarn install --immutable", bun: "npm install -g bun && bun install --frozen-lockfile" };
const RUN: Readonly<Record<PackageManager, string>> = { npm: "npx fa", pnpm: "pnpm exec fa", yarn: "yarn fa", bun: "bunx fa" };

/** Where a system's own file lies, from the repository's folder. */
export const CI_PATHS: Readonly<Record<CiSystem, string>> = { github: ".github/workflows/fa.yml", gitlab: ".gitlab-ci.yml", jenkins: "Jenkinsfile" };

export function ciFile(system: CiSystem, options: CiOptions): CiFile {
  return { github, gitlab, jenkins }[system](options);
}

function github({ folder, packageManager }: CiOptions): CiFile {
  const place = folder === "" ? "" : `\n        working-directory: ${JSON.stringify(folder)}`;
  const text = `name: fa

on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read
  # To upload what is found to the Security tab.
  security-events: write

jobs:
  fa:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: ${INSTALL[packageManager]}${place}
      - run: ${RUN[packageManager]} --all -f sarif=fa.sarif${place}
      - uses: github/codeql-action/upload-sarif@v3
        if: always()
        with:
          sarif_file: ${folder === "" ? "" : `${folder}/`}fa.sarif
          category: fa
`;
  return { path: CI_PATHS.github, text, include: null };
}

function gitlab({ folder, packageManager, isTaken }: CiOptions): CiFile {
  const enter = folder === "" ? "" : `    - cd ${JSON.stringify(folder)}\n`;
  const text = `fa:
  image: node:22
  script:
${enter}    - ${INSTALL[packageManager]}
    - ${RUN[packageManager]} --all -f terminal -f junit=fa.xml -f sarif=fa.sarif
  artifacts:
    when: always
    paths:
      - ${folder === "" ? "" : `${folder}/`}fa.sarif
    reports:
      junit: ${folder === "" ? "" : `${folder}/`}fa.xml
`;
  return isTaken ? { path: "fa.gitlab-ci.yml", text, include: "add to .gitlab-ci.yml:\n  include:\n    - local: fa.gitlab-ci.yml" } : { path: CI_PATHS.gitlab, text, include: null };
}

function jenkins({ folder, packageManager, isTaken }: CiOptions): CiFile {
  const steps = `        sh '${INSTALL[packageManager]}'\n        sh '${RUN[packageManager]} --all -f terminal -f junit=fa.xml -f sarif=fa.sarif'\n`;
  const text = `pipeline {
  agent { docker { image 'node:22' } }
  stages {
    stage('fa') {
      steps {
${folder === "" ? steps : `        dir('${folder.replaceAll("'", "\\'")}') {\n${steps.replace(/^/gm, "  ").trimEnd()}\n        }\n`}      }
    }
  }
  post {
    always {
      junit testResults: '${folder === "" ? "" : `${folder}/`}fa.xml'
      archiveArtifacts artifacts: '${folder === "" ? "" : `${folder}/`}fa.sarif', allowEmptyArchive: true
    }
  }
}
`;
  return isTaken ? { path: "fa.Jenkinsfile", text, include: "a Jenkinsfile is there: take the stage `fa` from fa.Jenkinsfile into it, or make a job of it" } : { path: CI_PATHS.jenkins, text, include: null };
}
