import { RedoubtError } from "@redoubt/kube";

/** The command line itself is wrong: exit code 2, and a pointer to the command's help. */
export class UsageError extends RedoubtError {
  constructor(code: UsageCode, message: string) {
    super(code, message);
    this.name = "UsageError";
  }
}

export type UsageCode =
  | "USAGE_COMMAND_MISSING"
  | "USAGE_COMMAND_UNKNOWN"
  | "USAGE_FLAG_UNKNOWN"
  | "USAGE_FLAG_VALUE"
  | "USAGE_FLAG_VALUE_MISSING"
  | "USAGE_FLAG_CONFLICT"
  | "USAGE_FLAG_MISSING"
  | "USAGE_ARGUMENT_MISSING"
  | "USAGE_ARGUMENT_UNEXPECTED"
  | "USAGE_ARGUMENT_VALUE"
  | "USAGE_INPUT_MISSING"
  | "USAGE_OUTPUT"
  | "CONTROL_UNKNOWN";
