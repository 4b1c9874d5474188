/** A lowered file. Whoever looks into it reads it (`reads.ts`): its name, role and language alone are the same whatever its text is. */
import type { ModuleIR } from "./ir.ts";
import { note, Readable } from "./reads.ts";

/** What a text says. */
export type ModuleForm = Omit<ModuleIR, "file" | "role" | "language">;

export class LoweredModule extends Readable implements ModuleIR {
  readonly file: string;
  readonly role: ModuleIR["role"];
  readonly language: ModuleIR["language"];
  readonly form: ModuleForm;

  constructor({ file, role, language }: Pick<ModuleIR, "file" | "role" | "language">, form: ModuleForm) {
    super();
    this.file = file;
    this.role = role;
    this.language = language;
    this.form = form;
  }

  get strict(): ModuleIR["strict"] {
    note(this);
    return this.form.strict;
  }

  get functions(): ModuleIR["functions"] {
    note(this);
    return this.form.functions;
  }

  get classes(): ModuleIR["classes"] {
    note(this);
    return this.form.classes;
  }

  get variables(): ModuleIR["variables"] {
    note(this);
    return this.form.variables;
  }

  get imports(): ModuleIR["imports"] {
    note(this);
    return this.form.imports;
  }

  get exports(): ModuleIR["exports"] {
    note(this);
    return this.form.exports;
  }

  get types(): ModuleIR["types"] {
    note(this);
    return this.form.types;
  }

  get notes(): ModuleIR["notes"] {
    note(this);
    return this.form.notes;
  }
}
