import { callTable } from "./call-table.test.ts";

callTable("uuid", [
  ['uuid.parse("s")', "undefined"],
  [
    'uuid.parse("6ba7b8109dad11d180b400c04fd430c8")',
    '{"clocksequence": 180, "macvariables": "global:unicast", "nodeid": "00-c0-4f-d4-30-c8", "time": 886630433151182400, "variant": "RFC4122", "version": 1}',
  ],
  ['uuid.parse("00112233-4455-6677-8899-aabbccddeeff")', '{"variant": "RFC4122", "version": 6}'],
  ['uuid.parse("f81d4fae-7dec-41d0-a765-00a0c91e6bf6")', '{"variant": "RFC4122", "version": 4}'],
  ['uuid.parse("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF")', '{"variant": "Future", "version": 15}'],
  ["uuid.parse(1)", "eval_type_error: operand 1 must be string but got number"],
]);
