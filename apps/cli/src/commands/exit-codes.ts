/** What an exit code means wherever the command does not say something of its own. */
export const usageCode = { code: 2, means: "wrong usage or configuration" } as const;
export const incompleteCode = {
  code: 3,
  means: "something could not be read or judged; nothing else can hide this",
} as const;
