{{- /*
The packaged rules folder with `rules.files` laid over it, as JSON: path -> text. (As YAML, the last line break would be lost.)

Helm reads files/rules, a link to the repository's rules/, when it loads the chart; `helm package`
puts the files themselves into the archive. A ConfigMap's keys have no slashes: they stand as `__`.
*/ -}}
{{- define "exportwatch.rulesFiles" -}}
{{- $files := dict -}}
{{- range $path, $_ := .Files.Glob "files/rules/**" -}}
{{- if regexMatch "\\.(ya?ml|csv)$" $path -}}
{{- $_ := set $files (trimPrefix "files/rules/" $path) ($.Files.Get $path) -}}
{{- end -}}
{{- end -}}
{{- toJson (mergeOverwrite $files .Values.rules.files) -}}
{{- end -}}

{{- define "exportwatch.rulesKey" -}}
{{- replace "/" "__" . -}}
{{- end -}}

{{- /* Which key of the rules ConfigMap lies where; nothing: every key at the top. */ -}}
{{- define "exportwatch.rulesItems" -}}
{{- if .Values.rules.existingConfigMap -}}
{{- with .Values.rules.items }}{{ toYaml . }}{{ end -}}
{{- else -}}
{{- range $path, $_ := include "exportwatch.rulesFiles" . | fromJson }}
- {key: {{ include "exportwatch.rulesKey" $path }}, path: {{ $path }}}
{{- end -}}
{{- end -}}
{{- end -}}
