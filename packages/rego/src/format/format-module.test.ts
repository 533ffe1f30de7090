import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatModule } from "./format-module.ts";

/** Modules, and what `opa fmt` 1.22.2 makes of them. */
const LAYOUTS: readonly {
  readonly title: string;
  readonly version: "v0" | "v1";
  readonly text: string;
  readonly formatted: string;
}[] = [
  {
    title: "spaces and blank lines go",
    version: "v1",
    text: `package   p



import   data.a
x:=1



y  :=  2
`,
    formatted: `package p

import data.a

x := 1

y := 2
`,
  },
  {
    title: "imports are sorted and grouped",
    version: "v1",
    text: `package p
import input.b
import data.z
import data.a as c
import rego.v1
x := 1`,
    formatted: `package p

import data.a as c
import data.z
import input.b
import rego.v1

x := 1
`,
  },
  {
    title: "rules of one line may be together, others are apart",
    version: "v1",
    text: `package p
a := 1
b := 2
c if { x
y }
d := 3`,
    formatted: `package p

a := 1
b := 2

c if {
	x
	y
}

d := 3
`,
  },
  {
    title: "bodies are indented",
    version: "v1",
    text: `package p
allow if {
input.a==1;not input.b
      some x in input.c
}`,
    formatted: `package p

allow if {
	input.a == 1
	not input.b
	some x in input.c
}
`,
  },
  {
    title: "one expression stays on the line",
    version: "v1",
    text: `package p
allow if input.a`,
    formatted: `package p

allow if input.a
`,
  },
  {
    title: "one expression in braces keeps them",
    version: "v1",
    text: `package p
allow if { input.a }`,
    formatted: `package p

allow if input.a
`,
  },
  {
    title: "else",
    version: "v1",
    text: `package p
x := 1 if { a } else := 2 if { b } else := 3`,
    formatted: `package p

x := 1 if a

else := 2 if b

else := 3
`,
  },
  {
    title: "else on a line of its own",
    version: "v1",
    text: `package p
x := 1 if { a }
else := 2 if { b }`,
    formatted: `package p

x := 1 if a

else := 2 if b
`,
  },
  {
    title: "every",
    version: "v1",
    text: `package p
x if { every k,v in y { k>1
v } }`,
    formatted: `package p

x if every k, v in y {
	k > 1
	v
}
`,
  },
  {
    title: "comprehensions",
    version: "v1",
    text: `package p
x := [a|a:=b[_];a>1]
y := {a|
some a in b
}
z := {k:v|v:=a[k]}`,
    formatted: `package p

x := [a | a := b[_]; a > 1]
y := {a |
	some a in b
}

z := {k: v | v := a[k]}
`,
  },
  {
    title: "collections on lines",
    version: "v1",
    text: `package p
x := [1,
2,3
]
y := {"a":1,
"b":{2,3}}
z := {}`,
    formatted: `package p

x := [
	1,
	2, 3,
]

y := {
	"a": 1,
	"b": {2, 3},
}

z := {}
`,
  },
  {
    title: "operators",
    version: "v1",
    text: `package p
x := 1+2*3-(4-5)/6%7
y := (a|b)&c
z if (a>1)==true`,
    formatted: `package p

x := (1 + (2 * 3)) - (((4 - 5) / 6) % 7)
y := (a | b) & c
z if a > 1 == true
`,
  },
  {
    title: "references",
    version: "v1",
    text: `package p
x := a["b"]["c d"][e]["if"]
y := data["a"].b`,
    formatted: `package p

x := a.b["c d"][e]["if"]
y := data.a.b
`,
  },
  {
    title: "calls",
    version: "v1",
    text: `package p
x := f( a,b , g(c) )
y := sprintf("%s",[
a,
b])`,
    formatted: `package p

x := f(a, b, g(c))
y := sprintf("%s", [
	a,
	b,
])
`,
  },
  {
    title: "with",
    version: "v1",
    text: `package p
x if { a with input as {"b":1} with data.c as 2 }`,
    formatted: `package p

x if a with input as {"b": 1} with data.c as 2
`,
  },
  {
    title: "with on lines",
    version: "v1",
    text: `package p
x if {
a with input as 1
with data.c as 2
}`,
    formatted: `package p

x if {
	a with input as 1
		with data.c as 2
}
`,
  },
  {
    title: "strings stay as they are",
    version: "v1",
    text: 'package p\nx := "a\\u00e9"\ny := `a\n\tb`\nz := $"a {b+1} c"',
    formatted: 'package p\n\nx := "a\\u00e9"\ny := `a\n\tb`\n\nz := $"a {b + 1} c"\n',
  },
  {
    title: "numbers stay as they are",
    version: "v1",
    text: `package p
x := [1.50, 1e3, -0, 12345678901234567890]`,
    formatted: `package p

x := [1.50, 1e3, -0, 12345678901234567890]
`,
  },
  {
    title: "defaults and functions",
    version: "v1",
    text: `package p
default x = 1
default f(_) = 0
f(x) = y if { y := x }`,
    formatted: `package p

default x := 1

default f(_) := 0

f(x) := y if y := x
`,
  },
  {
    title: "partial rules",
    version: "v1",
    text: `package p
x contains y if { y := 1 }
z[y] := 1 if { y := 2 }
w[y] if y := 3`,
    formatted: `package p

x contains y if y := 1
z[y] := 1 if y := 2
w[y] if y := 3
`,
  },
  {
    title: "ref heads",
    version: "v1",
    text: `package p
a.b[c].d := 1 if { c := 2 }
a.b["c d"] := 1`,
    formatted: `package p

a.b[c].d := 1 if c := 2
a.b["c d"] := 1
`,
  },
  {
    title: "some",
    version: "v1",
    text: `package p
x if { some a,b
y[a][b]; some {"c": d} in z }`,
    formatted: `package p

x if {
	some a, b
	y[a][b]
	some {"c": d} in z
}
`,
  },
  {
    title: "comments stay with what they are about",
    version: "v1",
    text: `# head
package p # here

# about x
x := 1 # end

# loose


# about y
y if { # why
# above
a # at a
# last
}
# end`,
    formatted: `# head
package p # here

# about x
x := 1 # end

# loose

# about y
y if { # why
	# above
	a # at a
	# last
}

# end
`,
  },
  {
    title: "comments in collections",
    version: "v1",
    text: `package p
x := [ # open
1, # one
# two
2 # end
]
y := {
# a
"a": 1, # b
}`,
    formatted: `package p

x := [ # open
1, # one
# two
2 # end
]

y := {
# a
"a": 1, # b
}
`,
  },
  {
    title: "METADATA",
    version: "v1",
    text: `# METADATA
# title: a
package p
# METADATA
# title: b
x := 1`,
    formatted: `# METADATA
# title: a
package p

# METADATA
# title: b
x := 1
`,
  },
  {
    title: "Windows line ends",
    version: "v1",
    text: "package p\r\n\r\nx := 1\r\ny if {\r\n  a\r\n}\r\n",
    formatted: `package p

x := 1
y if {
	a
}
`,
  },
  {
    title: "v0 stays v0",
    version: "v0",
    text: `package p
x[y] { y := 1 }
z { true; false }
f(a) = b { b := a }
w = 1`,
    formatted: `package p

x[y] {
	y := 1
}

z {
	true
	false
}

f(a) = b {
	b := a
}

w = 1
`,
  },
  {
    title: "v0 with future keywords",
    version: "v0",
    text: `package p
import future.keywords
x contains y if { some y in z }`,
    formatted: `package p

import future.keywords

x contains y if some y in z
`,
  },
  {
    title: "v0 with v1's import",
    version: "v0",
    text: `package p
import rego.v1
x contains y if y := 1`,
    formatted: `package p

import rego.v1

x contains y if y := 1
`,
  },
  {
    title: "several bodies",
    version: "v0",
    text: `package p
x { a } { b }`,
    formatted: `package p

x {
	a
}

x {
	b
}
`,
  },
  {
    title: "logical operators",
    version: "v1",
    text: `package p
import rego.v2
x if { a and b or c
(a or b) and not {c;d} }`,
    formatted: `package p

import rego.v2

x if {
	a and b or c
	(a or b) and not { c; d }
}
`,
  },
  {
    title: "a keyword of another version is a name in brackets",
    version: "v1",
    text: `package p
x := input["in"]
y := input.in`,
    formatted: `package p

x := input["in"]
y := input.in
`,
  },
  {
    title: "wildcards",
    version: "v1",
    text: `package p
x if { a[_]; [_,_] = b; f(_) }`,
    formatted: `package p

x if {
	a[_]
	[_, _] = b
	f(_)
}
`,
  },
  {
    title: "unification and assignment",
    version: "v1",
    text: `package p
x if { a=1; b:=2; [c,d]:=e }`,
    formatted: `package p

x if {
	a = 1
	b := 2
	[c, d] := e
}
`,
  },
  {
    title: "negation",
    version: "v1",
    text: `package p
x if { not a; not b==1; not f(c) with input as 1 }`,
    formatted: `package p

x if {
	not a
	not b == 1
	not f(c) with input as 1
}
`,
  },
  {
    title: "sets",
    version: "v1",
    text: `package p
x := {3,1,2}
y := set()
z := {{1},{2}}`,
    formatted: `package p

x := {3, 1, 2}
y := set()
z := {{1}, {2}}
`,
  },
];

suite("the layout", () => {
  for (const { title, version, text, formatted } of LAYOUTS) {
    test(title, () => {
      assert.deepEqual(formatModule(text, { version }), { text: formatted, errors: [] });
    });
    test(`${title}: a second time nothing changes`, () => {
      assert.equal(formatModule(formatted, { version }).text, formatted);
    });
  }
});
