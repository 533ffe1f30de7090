import { callTable } from "./call-table.test.ts";

callTable("aws", [
  [
    "providers.aws.sign_req({}, {}, 16)",
    'eval_type_error: operand 2 missing required AWS config parameters(s): {"aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"}',
  ],
  ["providers.aws.sign_req({}, {1}, 52)", "eval_type_error: operand 1 must be object but got set"],
]);
