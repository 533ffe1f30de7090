{{/* One object of a file, by its place in it, in the release's namespace: what names the namespace of the manifests names the release's. */}}
{{- define "redoubt.object" -}}
{{- $text := .root.Files.Get (printf "manifests/%s" .file) -}}
{{- $document := index (splitList "\n---\n" $text) .at -}}
{{- $document | replace "redoubt-system" .root.Release.Namespace -}}
{{- end -}}

{{/* The arguments, with those of the values in the place of those of the same name. */}}
{{- define "redoubt.args" -}}
{{- $values := .root.Values -}}
{{- $exempt := append $values.exemptNamespaces .root.Release.Namespace | uniq | join "," -}}
{{- $changed := dict "--workers" (toString $values.workers) "--failure-policy" $values.failurePolicy "--exempt-namespace" $exempt "--audit-interval" $values.auditInterval -}}
{{- $args := list -}}
{{- range .args -}}
{{- $name := splitList "=" . | first -}}
{{- if not (hasKey $changed $name) -}}{{- $args = append $args . -}}
{{- else if get $changed $name -}}{{- $args = append $args (printf "%s=%s" $name (get $changed $name)) -}}
{{- end -}}
{{- end -}}
{{- if $values.policiesConfigMap -}}{{- $args = append $args "--policies=/policies" -}}{{- end -}}
{{- concat $args $values.extraArgs | toYaml -}}
{{- end -}}
