import { LAYERS, SEVERITIES, type Layer, type Severity } from "@redoubt/control";
import { type Flag, choiceFlag, choicesFlag, listFlag, textFlag } from "../arguments/flag.ts";

export const control: Flag<readonly string[]> = listFlag({
  name: "control",
  placeholder: "ID[,ID]",
  separator: ",",
  completion: "control",
  description: "only these controls; repeatable",
});

export const skipControl: Flag<readonly string[]> = listFlag({
  name: "skip-control",
  placeholder: "ID[,ID]",
  separator: ",",
  completion: "control",
  description: "all controls but these; repeatable",
});

export const layer: Flag<readonly Layer[]> = choicesFlag({
  name: "layer",
  placeholder: "LAYER[,LAYER]",
  choices: LAYERS,
  description: `only these layers: ${LAYERS.join(", ")}`,
});

export const severity: Flag<Severity | undefined> = choiceFlag({
  name: "severity",
  placeholder: "SEVERITY",
  choices: SEVERITIES,
  description: `show findings at or above this severity: ${SEVERITIES.join(", ")}`,
});

export const selector: Flag<string | undefined> = textFlag({
  name: "selector",
  short: "l",
  placeholder: "SELECTOR",
  description:
    "show findings only of objects with these labels (app=web,tier!=db); everything is still read and judged",
});
