{{- /*
The pod of one component: (dict "root" $ "component" name "of" its values "args" [...] "does" [...]).

`does` says what the pod needs beside the ledger: "rules", "secrets", "heartbeat", "web".
*/ -}}
{{- define "exportwatch.pod" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $pod := mergeOverwrite (deepCopy $values.pods) (deepCopy .of.pod) -}}
{{- $lease := int $values.settings.lease -}}
metadata:
  labels:
    {{- with $pod.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- include "exportwatch.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    {{- with $pod.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    checksum/settings: {{ include "exportwatch.settings" $root | sha256sum }}
    {{- if $values.redis.url }}
    {{- /* A new URL must roll the pods; its checksum would let whoever sees pods try out passwords. */}}
    exportwatch/revision: {{ $root.Release.Revision | quote }}
    {{- end }}
spec:
  serviceAccountName: {{ include "exportwatch.serviceAccountName" $root }}
  automountServiceAccountToken: false
  {{- /* A Service named exportwatch would give its pods variables EXPORTWATCH_..., which are no settings. */}}
  enableServiceLinks: false
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  {{- /* A lane run ends within the lease; what is cut off falls due again all the same. */}}
  terminationGracePeriodSeconds: {{ if has "heartbeat" .does }}{{ add $lease 15 }}{{ else }}30{{ end }}
  containers:
    - name: {{ .component }}
      image: {{ include "exportwatch.image" (dict "image" $values.image "tag" $root.Chart.AppVersion) }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: {{ toJson .args }}
      securityContext:
        {{- toYaml $values.containerSecurityContext | nindent 8 }}
      envFrom:
        - configMapRef:
            name: {{ include "exportwatch.fullname" $root }}-settings
      env:
        {{- include "exportwatch.redisEnv" $root | nindent 8 }}
        {{- if has "heartbeat" .does }}
        - name: EXPORTWATCH_HEARTBEAT_FILE
          value: /tmp/heartbeat
        {{- end }}
        {{- include "exportwatch.extraEnv" (list $values.pods.extraEnv .of.pod.extraEnv) | nindent 8 }}
      {{- if has "heartbeat" .does }}
      startupProbe:
        {{- include "exportwatch.heartbeat" $lease | nindent 8 }}
        periodSeconds: 5
        failureThreshold: 36
      livenessProbe:
        {{- include "exportwatch.heartbeat" $lease | nindent 8 }}
        periodSeconds: 30
        failureThreshold: 2
      {{- end }}
      {{- if has "web" .does }}
      ports:
        - name: http
          containerPort: 8080
      startupProbe:
        httpGet: {path: /livez, port: http}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /livez, port: http}
        periodSeconds: 15
        timeoutSeconds: 5
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 10
        timeoutSeconds: 12
      {{- end }}
      resources:
        {{- toYaml .of.resources | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        - name: redis
          mountPath: /etc/exportwatch/redis
          readOnly: true
        {{- if or $values.redis.ca.existingConfigMap $values.redis.ca.existingSecret }}
        - name: redis-ca
          mountPath: /etc/exportwatch/redis-ca
          readOnly: true
        {{- end }}
        {{- if has "rules" .does }}
        - name: rules
          mountPath: /srv/exportwatch/rules
          readOnly: true
        {{- end }}
        {{- if and (has "secrets" .does) $values.receivers.existingSecret }}
        - name: secrets
          mountPath: /srv/exportwatch/secrets
          readOnly: true
        {{- end }}
        {{- with concat $values.pods.extraVolumeMounts (.of.pod.extraVolumeMounts | default list) }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
    - name: redis
      secret:
        secretName: {{ include "exportwatch.redisSecret" $root }}
        items:
          - {key: {{ $values.redis.urlKey }}, path: url}
          {{- with $values.redis.brokerUrlKey }}
          - {key: {{ . }}, path: broker-url}
          {{- end }}
    {{- if $values.redis.ca.existingConfigMap }}
    - name: redis-ca
      configMap:
        name: {{ $values.redis.ca.existingConfigMap }}
        items: [{key: {{ $values.redis.ca.key }}, path: ca.crt}]
    {{- else if $values.redis.ca.existingSecret }}
    - name: redis-ca
      secret:
        secretName: {{ $values.redis.ca.existingSecret }}
        items: [{key: {{ $values.redis.ca.key }}, path: ca.crt}]
    {{- end }}
    {{- if has "rules" .does }}
    - name: rules
      configMap:
        name: {{ include "exportwatch.rulesConfigMap" $root }}
        {{- with include "exportwatch.rulesItems" $root }}
        items:
          {{- . | nindent 10 }}
        {{- end }}
    {{- end }}
    {{- if and (has "secrets" .does) $values.receivers.existingSecret }}
    - name: secrets
      secret:
        secretName: {{ $values.receivers.existingSecret }}
    {{- end }}
    {{- with concat $values.pods.extraVolumes (.of.pod.extraVolumes | default list) }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- include "exportwatch.placing" (dict "root" $root "component" .component "pod" $pod) | trim | nindent 2 }}
{{- end -}}

{{- /* Where a pod may run: (dict "root" $ "component" name "pod" merged pod values). */ -}}
{{- define "exportwatch.placing" -}}
{{- $spread := .root.Values.topologySpread -}}
{{- with .pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if $spread.enabled }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: {{ $spread.topologyKey }}
    whenUnsatisfiable: {{ $spread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "exportwatch.selector" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- end -}}

{{- define "exportwatch.redisEnv" -}}
- name: EXPORTWATCH_REDIS_URL_FILE
  value: /etc/exportwatch/redis/url
{{- if .Values.redis.brokerUrlKey }}
- name: EXPORTWATCH_BROKER_URL_FILE
  value: /etc/exportwatch/redis/broker-url
{{- end }}
{{- end -}}

{{- /* The variables of all pods and a pod's own, which count more: (list all own). */ -}}
{{- define "exportwatch.extraEnv" -}}
{{- $names := dict -}}
{{- range index . 1 -}}
{{- $_ := set $names .name true -}}
{{- end -}}
{{- $all := list -}}
{{- range index . 0 -}}
{{- if not (hasKey $names .name) -}}
{{- $all = append $all . -}}
{{- end -}}
{{- end -}}
{{- with concat $all (index . 1 | default list) }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{- /* A file's age, not `celery inspect`: that one asks by the broker, and starts all of Celery to do so. */ -}}
{{- define "exportwatch.heartbeat" -}}
exec:
  command: [exportwatch, health, --heartbeat, --max-age, {{ add . 30 }}s]
timeoutSeconds: 10
{{- end -}}

{{- /* A Deployment: as for exportwatch.pod, and "scaled" where something else says how many. */ -}}
{{- define "exportwatch.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "exportwatch.metadata" (list .root .component .component) | nindent 2 }}
spec:
  {{- if not .scaled }}
  replicas: {{ .of.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      {{- include "exportwatch.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
  template:
    {{- include "exportwatch.pod" . | nindent 4 }}
{{- end -}}
