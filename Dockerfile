# Exportwatch as one image: every role is a command of it (worker, beat, web, up, demo).
#
# Build from this folder: docker build -t exportwatch:0.1.0 .
# Build and run stand on one Python, so that the environment built with it runs. A base by digest,
# or from a registry of your own: --build-arg BASE=registry.example/debian@sha256:...
# With OpenTelemetry inside: --build-arg LOCK=requirements-otel.lock
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS python
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 tzdata \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*

FROM python AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv
# pip has an environment of its own and installs into another, so none is in what is copied on.
RUN python3 -m venv /tools && python3 -m venv --without-pip /opt/exportwatch
WORKDIR /src
# Wheels only, each with its hash: nothing is compiled, on amd64 and arm64 alike.
COPY requirements.lock requirements-otel.lock ./
ARG LOCK=requirements.lock
RUN /tools/bin/pip --python /opt/exportwatch/bin/python install \
      --no-cache-dir --no-compile --only-binary :all: --require-hashes -r ${LOCK}
COPY pyproject.toml README.md LICENSE ./
COPY alerts alerts
# Bytecode that does not ask for its source's date: a read-only root could never write it later.
RUN /tools/bin/pip --python /opt/exportwatch/bin/python install \
      --no-cache-dir --no-compile --no-deps --no-build-isolation . \
 && /tools/bin/pip --python /opt/exportwatch/bin/python uninstall --quiet --yes setuptools \
 && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/exportwatch/lib

FROM python
COPY --from=build /opt/exportwatch /opt/exportwatch
# The same folders as beside a checkout: rules/, secrets/ and var/ below the working directory.
RUN groupadd --gid 10001 exportwatch \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /srv/exportwatch --shell /usr/sbin/nologin exportwatch \
 && install -d -o 10001 -g 10001 -m 0755 /srv/exportwatch/rules /srv/exportwatch/secrets \
 && install -d -o 10001 -g 10001 -m 0700 /srv/exportwatch/var
ENV PATH=/opt/exportwatch/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    EXPORTWATCH_LOG_FORMAT=json \
    EXPORTWATCH_WEB_BIND=0.0.0.0:8080
WORKDIR /srv/exportwatch
# By number, so that Kubernetes can tell that it is not root.
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
# Right for `up` alone; the compose file and the chart say what each role's own is.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["exportwatch", "health"]
ENTRYPOINT ["exportwatch"]
CMD ["up"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Exportwatch" \
      org.opencontainers.image.description="Tells procurement teams when a government restricts what a factory buys" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
