# Three images: docker build --target platform-api|agentic-backend|frontend .
# docs/deploy-images.md explains how to run them.

FROM node:24 AS build
WORKDIR /src
# The packages stay in the cache while only our code changes.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN ["npx", "-y", "pnpm@12", "fetch"]
COPY . .
RUN ["npx", "-y", "pnpm@12", "install", "--frozen-lockfile", "--prefer-offline"]
RUN ["npx", "-y", "pnpm@12", "--filter", "./apps/*", "build"]

FROM node:24-slim AS runtime
# Without HOME the AWS SDK fails, because the user has no entry in /etc/passwd.
ENV NODE_ENV=production HOST=0.0.0.0 HOME=/app
WORKDIR /app
# A user without a name and rights. Nothing is written, so the root filesystem can be read-only.
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
LABEL org.opencontainers.image.vendor="platform-api" \
  org.opencontainers.image.licenses="MIT"

FROM runtime AS platform-api
ENV PORT=4000
EXPOSE 4000
COPY --from=build /src/apps/platform-api/dist/platform-api.js ./
# A quarter of the memory is left for what is not on the heap, such as buffers.
ENTRYPOINT ["node", "--max-old-space-size-percentage=75", "/app/platform-api.js"]
CMD ["serve"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="platform-api" \
  org.opencontainers.image.description="Resolves an access token to the company's own user UUID" \
  org.opencontainers.image.revision="${REVISION}"

FROM runtime AS agentic-backend
ENV PORT=4001
EXPOSE 4001
COPY --from=build /src/apps/agentic-backend/dist/agentic-backend.js ./
ENTRYPOINT ["node", "--max-old-space-size-percentage=75", "/app/agentic-backend.js"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="agentic-backend" \
  org.opencontainers.image.description="Workflow runs of the users that platform-api resolves" \
  org.opencontainers.image.revision="${REVISION}"

FROM runtime AS frontend
ENV PORT=4002 CONFIG_FILE=/config/config.json
EXPOSE 4002
COPY --from=build /src/apps/frontend/dist ./dist
COPY --from=build /src/apps/frontend/server/dist/frontend.js ./
ENTRYPOINT ["node", "--max-old-space-size-percentage=75", "/app/frontend.js"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="frontend" \
  org.opencontainers.image.description="The web app of platform-api" \
  org.opencontainers.image.revision="${REVISION}"
