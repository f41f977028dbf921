{{- define "tocsin.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "tocsin.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tocsin.labels" -}}
{{ include "tocsin.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "tocsin.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* A pod of one program: as user 7411, on a read-only root, without a token of the cluster. */}}
{{- define "tocsin.pod" -}}
{{- $ := .root }}
metadata:
  labels:
    {{- include "tocsin.selector" $ | nindent 4 }}
    app.kubernetes.io/component: {{ .program }}
  annotations:
    checksum/settings: {{ list $.Values.settings $.Values.files | toJson | sha256sum }}
    {{- with $.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  automountServiceAccountToken: false
  # What Kubernetes would make of services named like ours (TOCSIN_…_PORT=tcp://…) are no settings.
  enableServiceLinks: false
  {{- with $.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 7411
    runAsGroup: 7411
    fsGroup: 7411
    seccompProfile: { type: RuntimeDefault }
  {{- with .values.terminationGracePeriodSeconds }}
  terminationGracePeriodSeconds: {{ . }}
  {{- end }}
  {{- with $.Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $.Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "tocsin.selector" $ | nindent 10 }}
          app.kubernetes.io/component: {{ .program }}
  containers:
    - name: {{ .program }}
      image: {{ include "tocsin.image" $ | quote }}
      imagePullPolicy: {{ $.Values.image.pullPolicy }}
      args: [{{ .program }}]
      envFrom:
        - configMapRef: { name: {{ include "tocsin.name" $ }}-settings }
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      {{- if eq .program "serve" }}
      ports:
        - { name: http, containerPort: 7411 }
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 5
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 20
        timeoutSeconds: 5
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
      # Requests come until each node has heard that the pod goes: it answers them for so long.
      lifecycle:
        preStop:
          exec: { command: [node, -e, "setTimeout(() => {}, 5000)"] }
      {{- else }}
      ports:
        - { name: health, containerPort: 7412 }
      startupProbe:
        httpGet: { path: /healthz, port: health }
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 60
      # However busy it is, its thread is free now and then within two minutes.
      livenessProbe:
        httpGet: { path: /healthz, port: health }
        periodSeconds: 30
        timeoutSeconds: 15
        failureThreshold: 4
      {{- end }}
      {{- with .values.resources }}
      resources: {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - { name: data, mountPath: /var/lib/tocsin }
        - { name: tmp, mountPath: /tmp }
        # As files: the environment of a process is inherited by every other one that it starts.
        - { name: secrets, mountPath: /run/secrets/tocsin, readOnly: true }
        {{- range $name, $_ := $.Values.files }}
        - { name: files, mountPath: /etc/tocsin/{{ $name }}, subPath: {{ $name }}, readOnly: true }
        {{- end }}
  volumes:
    - { name: data, emptyDir: { sizeLimit: {{ $.Values.storage.data | quote }} } }
    - { name: tmp, emptyDir: { sizeLimit: {{ $.Values.storage.tmp | quote }} } }
    - name: secrets
      secret: { secretName: {{ $.Values.existingSecret }}, defaultMode: 288 } # 0440, as every reader of YAML takes it.
    {{- if $.Values.files }}
    - name: files
      configMap: { name: {{ include "tocsin.name" $ }}-files }
    {{- end }}
{{- end }}
