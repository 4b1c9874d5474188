/**
 * The graphs of the constructs that are easy to get wrong, written out.
 *
 * Longer than 300 lines: a graph takes the lines it takes.
 */
import { describe, expect, test } from "vitest";
import { graph } from "./lower-text.ts";

const CASES: readonly { readonly says: string; readonly text: string; readonly graph: string }[] = [
  {
    says: "`finally` is copied for the return and the normal end and the throw; the return keeps its own value",
    text: "function f(xs) { for (const x of xs) { try { if (x) return x; } finally { done(); } } }",
    graph: `
b0:
  %0 = xs
  %1 = iterate of %0
  goto b1
b1: loop-head in b1
  next %2 of %1 then b2 else b9
b2: in b1
  x := %2
  goto b3
b3: handler b8 in b1
  %3 = x
  if truthy %3 then b4 else b6
b4: handler b8 in b1
  %4 = x
  leave by return loop b1
  goto b5
b5: finally in b1
  %8 = global done
  %9 = call %8()
  return %4
b6: handler b8 in b1
  goto b7
b7: finally in b1
  %10 = global done
  %11 = call %10()
  back to b1
b8: finally in b1
  %5 = global done
  %6 = call %5()
  %7 = $3
  throw %7
b9:
  return implicitly
b10:
  exit`,
  },
  {
    says: "`using` variables are disposed in reverse order on every way out",
    text: "function f() { using a = open(); using b = a.next(); if (b) return 1; }",
    graph: `
b0:
  %0 = global open
  %1 = call %0()
  a := %1
  goto b1
b1: handler b11
  %2 = a
  %3 = %2.next
  %4 = call %3 on %2()
  b := %4
  goto b2
b2: handler b10
  %5 = b
  if truthy %5 then b3 else b6
b3: handler b10
  %6 = number 1
  leave by return
  goto b4
b4: finally handler b11
  dispose b
  goto b5
b5: finally
  dispose a
  return %6
b6: handler b10
  goto b7
b7: finally handler b11
  dispose b
  goto b8
b8: finally
  dispose a
  return implicitly
b9:
  exit
b10: finally handler b11
  dispose b
  %7 = $4
  goto b11
b11: finally
  dispose a
  %8 = $3
  throw %8`,
  },
  {
    says: "`await using` awaits after its disposal",
    text: "async function f() { await using a = open(); a.use(); }",
    graph: `
b0:
  %0 = global open
  %1 = call %0()
  a := %1
  goto b1
b1: handler b4
  %2 = a
  %3 = %2.use
  %4 = call %3 on %2()
  goto b2
b2: finally
  dispose a async
  %8 = undefined
  %9 = await-using %8
  return implicitly
b3:
  exit
b4: finally
  dispose a async
  %5 = undefined
  %6 = await-using %5
  %7 = $2
  throw %7`,
  },
  {
    says: "an optional chain is left as a whole at its first gap",
    text: "function f(a) { return a?.b.c?.(1).d; }",
    graph: `
b0:
  %0 = a
  if nullish %0 then b2 else b1
b1:
  %1 = %0.b
  %2 = %1.c
  if nullish %2 then b2 else b3
b2:
  %7 = undefined
  %6 = %7
  goto b4
b3:
  %3 = number 1
  %4 = call %2 on %1(%3)
  %5 = %4.d
  %6 = %5
  goto b4
b4:
  leave by return
  return %6
b5:
  exit`,
  },
  {
    says: "a call of a parenthesized chain keeps the receiver",
    text: "function f(a) { return (a?.b)(); }",
    graph: `
b0:
  %0 = a
  if nullish %0 then b1 else b2
b1:
  %4 = undefined
  %2 = %4
  %3 = %4
  goto b3
b2:
  %1 = %0.b
  %2 = %1
  %3 = %0
  goto b3
b3:
  %5 = call %2 on %3()
  leave by return
  return %5
b4:
  exit`,
  },
  {
    says: "cases fall through; `default` comes after all tests, wherever it stands",
    text: "function f(x) { switch (x) { case 1: one(); case 2: two(); break; default: other(); case 3: three(); } }",
    graph: `
b0:
  %0 = x
  %1 = number 1
  %2 = %0 === %1
  if truthy %2 then b1 else b2
b1:
  %7 = global one
  %8 = call %7()
  goto b3
b2:
  %3 = number 2
  %4 = %0 === %3
  if truthy %4 then b3 else b4
b3:
  %9 = global two
  %10 = call %9()
  leave by break
  goto b7
b4:
  %5 = number 3
  %6 = %0 === %5
  if truthy %6 then b6 else b5
b5:
  %11 = global other
  %12 = call %11()
  goto b6
b6:
  %13 = global three
  %14 = call %13()
  goto b7
b7:
  return implicitly
b8:
  exit`,
  },
  {
    says: "`continue` and `break` with a label go to the outer loop",
    text: "function f(xs, ys) { outer: for (const x of xs) { for (const y of ys) { if (y) continue outer; if (x) break outer; } } }",
    graph: `
b0:
  %0 = xs
  %1 = iterate of %0
  goto b1
b1: loop-head in b1
  next %2 of %1 then b2 else b10
b2: in b1
  x := %2
  %3 = ys
  %4 = iterate of %3
  goto b3
b3: loop-head in b3 depth 2
  next %5 of %4 then b4 else b9
b4: in b3 depth 2
  y := %5
  %6 = y
  if truthy %6 then b5 else b6
b5: in b3 depth 2
  leave by continue loop b1
  back to b1
b6: in b3 depth 2
  %7 = x
  if truthy %7 then b7 else b8
b7: in b3 depth 2
  leave by break loop b1
  goto b10
b8: in b3 depth 2
  back to b3
b9: in b1
  back to b1
b10:
  return implicitly
b11:
  exit`,
  },
  {
    says: "parameters are taken apart in the entry, defaults by a branch on undefined",
    text: "function f({ a = 1, ...rest }, [b, , ...c] = []) {}",
    graph: `
b0:
  %0 = $1
  %1 = %0.a
  if undefined %1 then b1 else b2
b1:
  %3 = number 1
  %2 = %3
  goto b3
b2:
  %2 = %1
  goto b3
b3:
  a := %2
  %4 = rest object %0 without a
  rest := %4
  %5 = $4
  if undefined %5 then b4 else b5
b4:
  %7 = []
  %6 = %7
  goto b6
b5:
  %6 = %5
  goto b6
b6:
  %8 = iterate of %6
  %9 = %6.0
  b := %9
  %10 = rest array %6 from 2
  c := %10
  return implicitly
b7:
  exit`,
  },
  {
    says: "`for await` suspends in its head",
    text: "async function f(xs) { for await (const x of xs) use(x); }",
    graph: `
b0:
  %0 = xs
  %1 = iterate await %0
  goto b1
b1: loop-head in b1
  %2 = for-await %1
  next %3 of %1 then b2 else b3
b2: in b1
  x := %3
  %4 = global use
  %5 = x
  %6 = call %4(%5)
  back to b1
b3:
  return implicitly
b4:
  exit`,
  },
  {
    says: "a generator yields and delegates",
    text: "function* f() { const got = yield 1; return yield* got; }",
    graph: `
b0:
  %0 = number 1
  %1 = yield %0
  got := %1
  %2 = got
  %3 = yield* %2
  leave by return
  return %3
b1:
  exit`,
  },
  {
    says: "a test with `&&`, `||` and `!` is control flow alone",
    text: "function f(a, b, c) { if (a && !b || c) yes(); }",
    graph: `
b0:
  %0 = a
  if truthy %0 then b1 else b2
b1:
  %1 = b
  if truthy %1 then b2 else b3
b2:
  %2 = c
  if truthy %2 then b3 else b4
b3:
  %3 = global yes
  %4 = call %3()
  goto b4
b4:
  return implicitly
b5:
  exit`,
  },
  {
    says: "the value of `&&` is written in both arms",
    text: "function f(a, b) { return a && b; }",
    graph: `
b0:
  %0 = a
  if truthy %0 then b1 else b2
b1:
  %2 = b
  %1 = %2
  goto b3
b2:
  %1 = %0
  goto b3
b3:
  leave by return
  return %1
b4:
  exit`,
  },
  {
    says: "assignments read, compute and write",
    text: "function f(o) { o.x ??= 1; o.n++; let k = 0; k += 2; }",
    graph: `
b0:
  %0 = o
  %1 = %0.x
  if nullish %1 then b1 else b2
b1:
  %3 = number 1
  %0.x = %3
  %2 = %3
  goto b3
b2:
  %2 = %1
  goto b3
b3:
  %4 = o
  %5 = %4.n
  %7 = number 1
  %6 = %5 + %7
  %4.n = %6
  %8 = number 0
  k := %8
  %9 = k
  %10 = number 2
  %11 = %9 + %10
  k = %11
  return implicitly
b4:
  exit`,
  },
  {
    says: "a throw that is caught goes to its handler",
    text: "function f() { try { throw 1; } catch (e) { use(e); } }",
    graph: `
b0:
  goto b1
b1: handler b2
  %0 = number 1
  leave by throw
  goto b2
b2: catch
  %1 = global use
  %2 = e
  %3 = call %1(%2)
  return implicitly
b3:
  exit`,
  },
  {
    says: "`do {} while (false)` is no loop, `while (true)` has no way out but `break`",
    text: "function f() { do { a(); } while (false); while (true) { if (b()) break; } }",
    graph: `
b0:
  %0 = global a
  %1 = call %0()
  goto b1
b1: loop-head in b1
  %2 = global b
  %3 = call %2()
  if truthy %3 then b2 else b5
b2: in b1
  leave by break loop b1
  goto b3
b3:
  return implicitly
b4:
  exit
b5: in b1
  back to b1`,
  },
  {
    says: "an endless loop has no exit, and what follows it no block",
    text: "function f(i) { for (;;) { i(); } after(); }",
    graph: `
b0:
  goto b1
b1: loop-head in b1
  %0 = i
  %1 = call %0()
  back to b1`,
  },
  {
    says: "a `for` goes round by its update, and `continue` goes there",
    text: "function f(n) { for (let i = 0; i < n; i++) { if (i) continue; use(i); } }",
    graph: `
b0:
  %0 = number 0
  i := %0
  goto b1
b1: loop-head in b1
  %1 = i
  %2 = n
  %3 = %1 < %2
  if truthy %3 then b2 else b6
b2: in b1
  %4 = i
  if truthy %4 then b3 else b4
b3: in b1
  leave by continue loop b1
  goto b5
b4: in b1
  %5 = global use
  %6 = i
  %7 = call %5(%6)
  goto b5
b5: in b1
  %8 = i
  %10 = number 1
  %9 = %8 + %10
  i = %9
  back to b1
b6:
  return implicitly
b7:
  exit`,
  },
  {
    says: "`finally` may override the way out",
    text: "function f() { try { return 1; } finally { return 2; } }",
    graph: `
b0:
  goto b1
b1: handler b3
  %0 = number 1
  leave by return
  goto b2
b2: finally
  %3 = number 2
  leave by return
  return %3
b3: finally
  %1 = number 2
  leave by return
  return %1
b4:
  exit`,
  },
];

describe("graph", () => {
  test.each(CASES)("$says", ({ text, graph: expected }) => {
    expect(graph(text)).toBe(expected.trimStart());
  });
});
