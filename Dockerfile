# One small image without a shell: Deno, the service, its packages. See docs/deploy.md.
#
#   docker build -t holdfast .
#   docker run --rm -p 127.0.0.1:8000:8000 -v holdfast:/data -e OPERATOR_TOKEN=… holdfast
ARG DENO_VERSION=2.9.6

FROM docker.io/denoland/deno:${DENO_VERSION} AS build
WORKDIR /app
COPY . .
# Fetches the packages and compiles the modules, so that a start does neither.
RUN deno install --frozen --entrypoint main.ts logging/worker.ts tools/migrate.ts \
  && mkdir /data

FROM docker.io/denoland/deno:distroless-${DENO_VERSION}
COPY --from=build /deno-dir /deno-dir
COPY --from=build /app /app
# The user is the base's `nonroot`. A new volume takes the owner of what it hides.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
# So that ./data, where the store and the journal are unless told otherwise, is the volume.
WORKDIR /
VOLUME /data
ENV DENO_DIR=/deno-dir HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["deno", "eval", "Deno.exit((await fetch(`http://127.0.0.1:${Deno.env.get('PORT') || 8000}/healthz`)).ok ? 0 : 1)"]
# The service is process 1 and hears SIGTERM itself. All variables may be read: there are no others in a container.
ENTRYPOINT ["deno", "run", "--no-prompt", "--frozen", "--cached-only", \
  "--v8-flags=--max-semi-space-size=8", "--allow-net", "--allow-read", "--allow-write", \
  "--allow-sys=hostname", "--allow-env", "/app/main.ts"]
